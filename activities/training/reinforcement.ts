import { join } from "node:path";
import { writeJson } from "../../formats/json-file.js";
import { mean } from "../../lm/train/metrics.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { StageContext } from "../stage.js";
import type { IterationFigures } from "./reinforcement-loop.js";

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
