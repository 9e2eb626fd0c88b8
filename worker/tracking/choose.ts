import path from "node:path";
import { safeName } from "../../store/index.js";
import { tensorBoard } from "./tensorboard.js";
import type { Tracker } from "./tracker.js";

/** The directory of the workers that TensorBoard reads; unset: no event files. */
const directoryVariable = "PAWL_TENSORBOARD";

/** The tracker that the worker's environment chooses for a stage of a run; undefined: none. */
export function trackerFor(
  run: { runId: string; stage: string },
  environment: NodeJS.ProcessEnv = process.env,
): Tracker | undefined {
  const directory = environment[directoryVariable];
  return directory ? tensorBoard(path.resolve(directory, safeName(run.runId), safeName(run.stage))) : undefined;
}
