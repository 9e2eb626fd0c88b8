import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkWeights, readModel, writeModel } from "../../formats/model.js";
import { parameters, type Architecture } from "../../lm/model/architecture.js";
import {
  fromConfig,
  fromTokenConfigs,
  toConfig,
  toGenerationConfig,
  type SpecialTokens,
} from "../../lm/model/hugging-face.js";
import { Tokenizer } from "../../lm/text/tokenizer.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import type { HostTensors } from "../../tensor/program.js";
import type { StageContext } from "../stage.js";

/** A model artifact, read. */
export interface OpenModel {
  directory: string;
  architecture: Architecture;
  weights: HostTensors;
  tokenizer: Tokenizer;
  tokens: SpecialTokens;
  /** The template of a conversation, if the model has learned one; else it continues text. */
  chatTemplate?: string;
}

/** Whether prompts use the chat template: as requested, else if the model has learned one. */
export function usesChatTemplate(
  { chatTemplate }: Pick<OpenModel, "chatTemplate">,
  requested: boolean | undefined,
): boolean {
  return requested ?? chatTemplate !== undefined;
}

/** @throws PawlError MODEL_INVALID, TOKENIZER_MISMATCH */
export async function openModel(ref: ArtifactRef<"model">, context: StageContext): Promise<OpenModel> {
  return readModelDirectory(await context.openArtifact(ref));
}

/** The model in an artifact's directory. @throws PawlError MODEL_INVALID, TOKENIZER_MISMATCH */
export async function readModelDirectory(directory: string): Promise<OpenModel> {
  const files = await readModel(directory);
  const architecture = fromConfig(files.config);
  checkWeights(files.weights, parameters(architecture));
  const tokenizer = await Tokenizer.fromJson(await readFile(join(directory, "tokenizer.json"), "utf8"));
  if (tokenizer.vocabularySize > architecture.vocabularySize)
    throw new PawlError("TOKENIZER_MISMATCH", "the tokenizer has more tokens than the model", {
      where: "with.model",
      expected: `at most ${architecture.vocabularySize} tokens`,
      got: String(tokenizer.vocabularySize),
    });
  const tokens = fromTokenConfigs(files.config, files.generationConfig);
  const { weights, chatTemplate } = files;
  return { directory, architecture, weights, tokenizer, tokens, ...(chatTemplate !== undefined && { chatTemplate }) };
}

/**
 * Puts a model into the store.
 * @param tokenizerDirectory a directory that holds the tokenizer's files
 */
export function putModel(
  context: StageContext,
  model: Pick<OpenModel, "architecture" | "weights" | "tokens" | "chatTemplate">,
  tokenizerDirectory: string,
): Promise<ArtifactRef<"model">> {
  const files = {
    config: toConfig(model.architecture, model.tokens),
    generationConfig: toGenerationConfig(model.tokens),
    weights: model.weights,
    ...(model.chatTemplate !== undefined && { chatTemplate: model.chatTemplate }),
  };
  return context.putArtifact("model", (directory) => writeModel(directory, files, tokenizerDirectory));
}

/**
 * The special tokens of a model that uses a tokenizer: a response ends at the end of a turn or of
 * the text.
 */
export function specialTokens({ special }: Tokenizer): SpecialTokens {
  return { endOfText: special.endOfText, pad: special.pad, stop: [special.messageEnd, special.endOfText] };
}

/**
 * Checks that another model, or a reward model, reads and writes the same tokens as a model.
 * @throws PawlError TOKENIZER_MISMATCH
 */
export async function checkSameTokenizer(
  model: OpenModel,
  other: Pick<OpenModel, "directory" | "architecture">,
  where: string,
): Promise<void> {
  const [ours, theirs] = await Promise.all(
    [model, other].map(({ directory }) => readFile(join(directory, "tokenizer.json"), "utf8")),
  );
  if (ours === theirs) return;
  throw new PawlError("TOKENIZER_MISMATCH", "the two models have different tokenizers", {
    where,
    expected: `the tokenizer of with.model (${model.architecture.vocabularySize} tokens)`,
    got: `another one (${other.architecture.vocabularySize} tokens)`,
    next: "use a model that began with the same tokenize stage",
  });
}
