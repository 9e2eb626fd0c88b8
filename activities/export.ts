import { chmod, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { copyModel, modelFiles, readModelConfig } from "../formats/model.js";
import { modelType } from "../lm/model/attention/config.js";
import { pathBelow } from "../platform/containment.js";
import { PawlError } from "../platform/errors.js";
import type { Stage } from "./stage.js";

/** Writes a model or a reward model as a Hugging Face folder below the working folder; a folder that is there is replaced whole. */
export const exportModel: Stage<"export"> = async (settings, context) => {
  const { model, rewardModel } = settings;
  const from = await context.openArtifact((model ?? rewardModel)!);
  if ((await readModelConfig(from))["model_type"] === modelType) throw noSuchLayout(model ? "model" : "rewardModel");
  const target = await pathBelow(context.workingFolder, settings.to, { where: "with.to" });
  await mkdir(path.dirname(target), { recursive: true });
  const fresh = await mkdtemp(`${target}.new-`);
  try {
    await copyModel(from, fresh);
    // `mkdtemp` makes it for this user alone; what is exported is for others to load.
    await chmod(fresh, 0o755);
    await replaceFolder(target, fresh);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  const sizes = await Promise.all(modelFiles.map(async (name) => (await stat(path.join(target, name))).size));
  context.log(`exported to ${settings.to}`);
  const outputs = { ...(model && { model }), ...(rewardModel && { rewardModel }) };
  return { outputs, metrics: { bytes: sizes.reduce((sum, size) => sum + size, 0) } };
};

/** Moves the old folder aside before the new one takes its name, so that a half-written one is never seen. */
async function replaceFolder(target: string, fresh: string): Promise<void> {
  const old = `${fresh}.old`;
  const had = await rename(target, old).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
  await rename(fresh, target);
  if (had) await rm(old, { recursive: true, force: true });
}

function noSuchLayout(field: string): PawlError {
  return new PawlError("MODEL_INVALID", "transformers has no layout with this model's attention", {
    where: `with.${field}`,
    expected: "attention: dense, or local with sinks: 0",
    got: "another kind of attention (pawl_attention in config.json)",
    next: "use the model in Pawl's own stages, or train one whose attention Qwen3 has",
  });
}
