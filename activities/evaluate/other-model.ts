import type { ArtifactRef } from "../../schemas/artifact.js";
import { checkSameTokenizer, openModel, type OpenModel } from "../models/model.js";
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
  await checkSameTokenizer(model, other, where);
  return other;
}
