import { watch, type FSWatcher } from "node:fs";
import { lstat, readdir, rename } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import type { StageContext } from "../stage.js";
import { refuseOthers } from "./contract.js";

/** The program's own files inside a checkpoint of the store, which has its manifest beside them. */
export const checkpointContent = "checkpoint";

/**
 * Takes what a program saves: a directory that it renames to a number in PAWL_CHECKPOINT_DIR is a complete checkpoint, which is
 * moved into the store, hashed and sealed. Under any other name it may still be in progress.
 */
export class CheckpointTaker {
  readonly #directory: string;
  readonly #context: Pick<StageContext, "checkpoints">;
  readonly #watcher: FSWatcher;
  /** Called once with what prevents a checkpoint from being saved. */
  readonly #onError: (error: unknown) => void;
  #queue: Promise<void> = Promise.resolve();
  #failed = false;

  constructor(directory: string, context: Pick<StageContext, "checkpoints">, onError: (error: unknown) => void) {
    this.#directory = directory;
    this.#context = context;
    this.#onError = onError;
    this.#watcher = watch(directory, () => this.#look());
    // It may miss names, never `finish`, which looks once more.
    this.#watcher.on("error", () => undefined);
  }

  /** Takes what the program has still saved before its end. */
  async finish(): Promise<void> {
    this.#watcher.close();
    this.#look();
    await this.#queue;
  }

  #look(): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#failed) return;
      try {
        for (const step of await completeSteps(this.#directory)) await this.#take(step);
      } catch (error) {
        this.#failed = true;
        this.#onError(error);
      }
    });
  }

  async #take(step: number): Promise<void> {
    const saved = path.join(this.#directory, String(step));
    if (!(await lstat(saved)).isDirectory())
      throw new PawlError("COMMAND_INVALID", `the program saved checkpoint ${step} as a file`, {
        where: `PAWL_CHECKPOINT_DIR/${step}`,
        expected: "a directory that is renamed to the number of its step once it is complete",
        next: "save into a directory, for example tmp, and rename it to the step's number",
      });
    await refuseOthers(saved, `PAWL_CHECKPOINT_DIR/${step}`);
    await this.#context.checkpoints.save(step, (directory) => rename(saved, path.join(directory, checkpointContent)));
  }
}

/** Steps of complete checkpoints, in order. */
async function completeSteps(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  const steps = names.filter((name) => /^(0|[1-9]\d{0,14})$/.test(name)).map(Number);
  return steps.sort((a, b) => a - b);
}
