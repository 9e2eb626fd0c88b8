import { join } from "node:path";
import type { Static, TObject } from "@sinclair/typebox";
import { writeJson } from "../../formats/json-file.js";
import type { OptimizerSettings } from "../../lm/optim/optimizer.js";
import { mean } from "../../lm/train/metrics.js";
import type { Schedule } from "../../lm/optim/schedule.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { optimizerFields } from "../../schemas/stages/common.js";
import type { StageContext } from "../stage.js";
import type { IterationFigures } from "./reinforcement-loop.js";

type OptimizerFields = Static<TObject<typeof optimizerFields>>;

/** The optimiser's settings from a stage's. */
export function optimizerSettings(settings: OptimizerFields): OptimizerSettings {
  const { optimizer: kind, weightDecay, beta1, beta2, gradientClip } = settings;
  return { kind, weightDecay, beta1, beta2, gradientClip };
}

/** The learning rate's schedule from a stage's settings. @param steps updates in all */
export function scheduleOf(settings: OptimizerFields, steps: number): Schedule {
  const { schedule: kind, learningRate, minimumLearningRate, warmupSteps } = settings;
  return { kind, learningRate, minimumLearningRate, warmupSteps, steps };
}

/** Puts every iteration's figures into the store. */
export function putTraining(
  context: StageContext,
  iterations: readonly IterationFigures[],
): Promise<ArtifactRef<"evaluation">> {
  return context.putArtifact("evaluation", (folder) => writeJson(join(folder, "evaluation.json"), { iterations }));
}

/** Means of the named figures over the last tenth of the iterations; a figure that none has is left out. */
export function lastTenth(iterations: readonly IterationFigures[], names: readonly string[]): Record<string, number> {
  const last = iterations.slice(-Math.max(1, Math.ceil(iterations.length / 10)));
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = last.flatMap((figures) => (figures[name] === undefined ? [] : [figures[name]]));
      return values.length === 0 ? [] : [[name, mean(values)]];
    }),
  );
}
