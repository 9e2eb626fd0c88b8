import { realpathSync, statSync } from "node:fs";
import { PawlError } from "../../platform/errors.js";
import type { StageRequest } from "../../schemas/run.js";
import {
  codeSettings,
  externalInputs,
  stageDefinitions,
  type StageType,
  type StageWith,
} from "../../schemas/stages/index.js";

/** A worker: its store, and the project directory that it was started in. */
export interface WorkerPlace {
  home: string;
  workingDirectory: string;
}

/**
 * The directory in which a stage of a run finds the files that it names. It is the run's own
 * project directory, whatever directory the worker was started in. A stage that names no file of
 * the project runs on any worker.
 * @throws PawlError PROJECT_NOT_FOUND if the worker cannot see that directory, or may not use it;
 *   CODE_NOT_ALLOWED if the stage names code and the run has no grant for it
 */
export function projectDirectory<T extends StageType>(
  worker: WorkerPlace,
  run: Pick<StageRequest, "project" | "mayRunCode" | "stage"> & { uses: T },
  settings: StageWith<T>,
): string {
  const [code] = codeSettings(run.uses, settings);
  const granted = run.mayRunCode === true;
  if (code !== undefined && !granted) throw codeNotAllowed(`stages.${run.stage}: with.${code}`);
  const readsFiles = externalInputs(run.uses, settings).some((input) => "files" in input);
  const usesProject = readsFiles || code !== undefined || stageDefinitions[run.uses].writesOutsideStore;
  const reason = refusalReason(worker, run.project, granted);
  if (reason === undefined) return run.project ?? worker.workingDirectory;
  if (usesProject) throw notUsable(`stages.${run.stage}`, run.project!, worker.workingDirectory, reason);
  return worker.workingDirectory;
}

/**
 * The same for a definition that is about to be compiled, whose query files are read.
 * @throws PawlError PROJECT_NOT_FOUND
 */
export function definitionDirectory(worker: WorkerPlace, project: string | undefined, granted: boolean): string {
  const reason = refusalReason(worker, project, granted);
  if (reason === undefined) return project ?? worker.workingDirectory;
  throw notUsable("the definition", project!, worker.workingDirectory, reason);
}

/** Whether a worker can use a run's project directory. */
export function isUsable(worker: WorkerPlace, project: string | undefined, granted: boolean): boolean {
  return refusalReason(worker, project, granted) === undefined;
}

/** Returns why a worker cannot use a run's project directory, or undefined if it can. */
function refusalReason(
  { workingDirectory }: WorkerPlace,
  project: string | undefined,
  granted: boolean,
): string | undefined {
  if (project === undefined || isSame(project, workingDirectory)) return undefined;
  if (!granted) return "only a run that `pawl run` started with the worker's PAWL_HOME may name another directory";
  return statSync(project, { throwIfNoEntry: false })?.isDirectory() === true
    ? undefined
    : "the worker cannot see that directory";
}

function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}

function notUsable(where: string, project: string, workingDirectory: string, reason: string): PawlError {
  return new PawlError("PROJECT_NOT_FOUND", `the run's project directory cannot be used here: ${reason}`, {
    where,
    expected: `the project directory ${project}`,
    got: `a worker in ${workingDirectory}`,
    next: `start a worker that sees ${project} and shares PAWL_HOME, or run it with --project ${workingDirectory}`,
  });
}

/** @param where the stage and the setting that names code */
export function codeNotAllowed(where: string): PawlError {
  return new PawlError("CODE_NOT_ALLOWED", "this run may not run code of the project", {
    where,
    expected: "a run that `pawl run` started with the worker's PAWL_HOME, or that names a pipeline of the project",
    got: "a definition that came with the request",
    next:
      "start it with `pawl run`, name a pipeline of the project, or start the workers with `pawl worker " +
      "--allow-inline-code` (PAWL_ALLOW_INLINE_CODE=1)",
  });
}
