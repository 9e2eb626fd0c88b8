import path from "node:path";
import { pythonTracker } from "./python-tracker.js";
import { tensorBoard } from "./tensorboard.js";
import type { Tracker } from "./tracker.js";

/**
 * The variable of the workers that chooses a tracker, and what its value means: where the tracker
 * is, or a project.
 */
const choices: Record<string, (value: string, home: string, environment: NodeJS.ProcessEnv) => Tracker> = {
  PAWL_TENSORBOARD: (directory) => tensorBoard(path.resolve(directory)),
  PAWL_MLFLOW: (address, home, environment) => pythonTracker("mlflow", address, { home, environment }),
  PAWL_WANDB: (project, home, environment) => pythonTracker("wandb", project, { home, environment }),
  PAWL_TRACKIO: (project, home, environment) => pythonTracker("trackio", project, { home, environment }),
};

const chosen = (environment: NodeJS.ProcessEnv): string[] => Object.keys(choices).filter((name) => environment[name]);

/** Whether the workers' environment chooses any tracker. */
export const hasTrackers = (environment: NodeJS.ProcessEnv): boolean => chosen(environment).length > 0;

/** The trackers that the workers' environment chooses. */
export function chooseTrackers(home: string, environment: NodeJS.ProcessEnv): Tracker[] {
  return chosen(environment).map((name) => choices[name]!(environment[name]!, home, environment));
}
