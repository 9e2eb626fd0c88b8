import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../schemas/errors.js";
import { openModel, type OpenModel } from "../models/model.js";
import type { StageContext } from "../stage.js";

/**
 * Opens a model that reads and writes the same tokens as another.
 * @throws PawlError TOKENIZER_MISMATCH, MODEL_INVALID
 */
export async function openOther(
  ref: ArtifactRef<"model">,
  model: OpenModel,
  where: string,
  context: StageContext,
): Promise<OpenModel> {
  const other = await openModel(ref, context);
  const read = ({ folder }: OpenModel): Promise<string> => readFile(join(folder, "tokenizer.json"), "utf8");
  if ((await read(model)) === (await read(other))) return other;
  throw new PawlError("TOKENIZER_MISMATCH", "the two models have different tokenizers", {
    where,
    expected: `the tokenizer of with.model (${model.tokenizer.vocabularySize} tokens)`,
    got: `another one (${other.tokenizer.vocabularySize} tokens)`,
    next: "take a model of the same tokenize stage",
  });
}
