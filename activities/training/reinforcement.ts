import { join } from "node:path";
import { writeJson } from "../../formats/json-file.js";
import { mean } from "../../lm/train/metrics.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { StageContext } from "../stage.js";
import type { IterationMetrics } from "./reinforcement-loop.js";

/** Puts every iteration's metrics into the store. */
export function putTraining(
  context: StageContext,
  iterations: readonly IterationMetrics[],
): Promise<ArtifactRef<"evaluation">> {
  return context.putArtifact("evaluation", (directory) =>
    writeJson(join(directory, "evaluation.json"), { iterations }),
  );
}

/**
 * Means of the named metrics over the last tenth of the iterations; a metric that none has is left
 * out.
 */
export function lastTenth(iterations: readonly IterationMetrics[], names: readonly string[]): Record<string, number> {
  const last = iterations.slice(-Math.max(1, Math.ceil(iterations.length / 10)));
  return Object.fromEntries(
    names.flatMap((name) => {
      const values = last.flatMap((metrics) => (metrics[name] === undefined ? [] : [metrics[name]]));
      return values.length === 0 ? [] : [[name, mean(values)]];
    }),
  );
}
