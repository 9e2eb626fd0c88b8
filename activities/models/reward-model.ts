import { checkWeights, readModel, writeModel } from "../../formats/model.js";
import type { Architecture } from "../../lm/model/architecture.js";
import { fromConfig, toGenerationConfig, toRewardConfig, type SpecialTokens } from "../../lm/model/hugging-face.js";
import { chatTemplate } from "../../lm/text/chat.js";
import { rewardParameters } from "../../lm/train/reward-model.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { HostTensors } from "../../tensor/program.js";
import type { StageContext } from "../stage.js";

/** A reward model artifact, read. */
export interface OpenRewardModel {
  directory: string;
  architecture: Architecture;
  weights: HostTensors;
}

/** @throws PawlError MODEL_INVALID */
export async function openRewardModel(
  ref: ArtifactRef<"reward-model">,
  context: StageContext,
): Promise<OpenRewardModel> {
  const directory = await context.openArtifact(ref);
  const files = await readModel(directory);
  const architecture = fromConfig(files.config);
  checkWeights(files.weights, rewardParameters(architecture));
  return { directory, architecture, weights: files.weights };
}

/**
 * Puts a reward model into the store.
 * @param tokenizerDirectory a directory that holds the tokenizer's files
 */
export function putRewardModel(
  context: StageContext,
  model: { architecture: Architecture; weights: HostTensors; tokens: SpecialTokens },
  tokenizerDirectory: string,
): Promise<ArtifactRef<"reward-model">> {
  const files = {
    config: toRewardConfig(model.architecture, model.tokens),
    generationConfig: toGenerationConfig(model.tokens),
    weights: model.weights,
    chatTemplate,
  };
  return context.putArtifact("reward-model", (directory) => writeModel(directory, files, tokenizerDirectory));
}
