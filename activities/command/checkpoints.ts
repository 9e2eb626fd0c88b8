import { constants, watch, type FSWatcher } from "node:fs";
import { cp, lstat, rename } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import { namesIn } from "../../store/temporary.js";
import type { StageContext } from "../stage.js";
import { refuseOthers } from "./contract.js";

/** The program's own files inside a checkpoint of the store, which has its manifest beside them. */
export const checkpointContent = "checkpoint";

/**
 * Takes what a program saves: a directory that it renames to a number in PAWL_CHECKPOINT_DIR is a
 * complete checkpoint, which is moved into the store, hashed and sealed. Under any other name it
 * may still be in progress.
 */
export class CheckpointTaker {
  readonly #directory: string;
  readonly #context: Pick<StageContext, "checkpoints">;
  readonly #watcher: FSWatcher;
  /** Called once if a checkpoint cannot be saved, with the error. */
  readonly #onError: (error: unknown) => void;
  #queue: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(directory: string, context: Pick<StageContext, "checkpoints">, onError: (error: unknown) => void) {
    this.#directory = directory;
    this.#context = context;
    this.#onError = onError;
    this.#watcher = watch(directory, () => this.#look());
    // The watcher may miss names; `finish` looks again.
    this.#watcher.on("error", () => undefined);
  }

  /** Takes checkpoints that the program saved just before its end. */
  async finish(): Promise<void> {
    this.#watcher.close();
    this.#look();
    await this.#queue;
  }

  #look(): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#failed) return;
      try {
        await takeComplete(this.#directory, "PAWL_CHECKPOINT_DIR", this.#context);
      } catch (error) {
        this.#failed = true;
        this.#onError(error);
      }
    });
  }
}

/**
 * Moves the complete checkpoints of a directory into the store.
 * @param named the directory, as errors name it
 * @throws PawlError COMMAND_INVALID for one that is not a directory or contains links; as
 *   `checkpoints.save` does
 */
export async function takeComplete(
  directory: string,
  named: string,
  { checkpoints }: Pick<StageContext, "checkpoints">,
): Promise<void> {
  for (const step of await completeSteps(directory)) {
    const saved = path.join(directory, String(step));
    const where = `${named}/${step}`;
    if (!(await lstat(saved)).isDirectory())
      throw new PawlError("COMMAND_INVALID", `the program saved checkpoint ${step} as a file`, {
        where,
        expected: "a directory that is renamed to the number of its step once it is complete",
        next: "save into a directory, for example tmp, and rename it to the step's number",
      });
    await refuseOthers(saved, where);
    await checkpoints.save(step, (into) => rename(saved, path.join(into, checkpointContent)));
  }
}

/**
 * Copies the newest checkpoint, so that the program may change it.
 * @returns its step; undefined if there is none
 */
export async function copyNewest(
  directory: string,
  { checkpoints }: Pick<StageContext, "checkpoints">,
): Promise<number | undefined> {
  const newest = await checkpoints.latest();
  if (newest === undefined) return undefined;
  const content = path.join(newest.directory, checkpointContent);
  await cp(content, directory, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return newest.step;
}

/** Steps of complete checkpoints, in order. */
async function completeSteps(directory: string): Promise<number[]> {
  const names = namesIn(directory);
  const steps = names.filter((name) => /^(0|[1-9]\d{0,14})$/.test(name)).map(Number);
  return steps.sort((a, b) => a - b);
}
