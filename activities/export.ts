import { realpath, stat } from "node:fs/promises";
import path from "node:path";
import { copyModel, modelFiles, readModelConfig } from "../formats/model.js";
import { modelType } from "../lm/model/attention/config.js";
import { pathBelow, unwritableReason } from "../platform/containment.js";
import { PawlError } from "../platform/errors.js";
import { replaceDirectory } from "../store/artifacts/owned-directory.js";
import type { Stage } from "./stage.js";

/**
 * Writes a model or a reward model as a Hugging Face directory below the project directory, in
 * place of the one that an export left there.
 */
export const exportModel: Stage<"export"> = async (settings, context) => {
  const { model, rewardModel } = settings;
  const from = await context.openArtifact((model ?? rewardModel)!);
  if ((await readModelConfig(from))["model_type"] === modelType) throw noSuchLayout(model ? "model" : "rewardModel");
  const target = await pathBelow(context.workingDirectory, settings.to, { where: "with.to" });
  const reason = unwritableReason(path.relative(await realpath(context.workingDirectory), target));
  if (reason !== undefined) throw leadsInto(reason, settings.to);
  await replaceDirectory(context.home, {
    target,
    keep: [context.workingDirectory],
    write: (directory) => copyModel(from, directory),
    confirm: () => context.confirmLease(),
  });
  const sizes = await Promise.all(modelFiles.map(async (name) => (await stat(path.join(target, name))).size));
  context.log(`exported to ${settings.to}`);
  const outputs = { ...(model && { model }), ...(rewardModel && { rewardModel }) };
  return { outputs, metrics: { bytes: sizes.reduce((sum, size) => sum + size, 0) } };
};

function leadsInto(reason: string, to: string): PawlError {
  return new PawlError("NOT_ALLOWED", `the model cannot be exported there: ${reason}`, {
    where: "with.to",
    got: `${to}, a link`,
    next: "name another directory, for example exports/my-model",
  });
}

function noSuchLayout(field: string): PawlError {
  return new PawlError("MODEL_INVALID", "transformers has no layout with this model's attention", {
    where: `with.${field}`,
    expected: "attention: dense, or local with sinks: 0",
    got: "another kind of attention (pawl_attention in config.json)",
    next: "use the model in Pawl's own stages, or train one with attention that Qwen3 has",
  });
}
