import { Worker } from "node:worker_threads";
import { PawlError } from "../../platform/errors.js";
import { threadProgram } from "../../platform/program/thread-program.js";
import { Inbox } from "./inbox.js";
import { runBatches, type RunOptions } from "./run-batches.js";
import type { TaskName, TaskParameters } from "./tasks.js";
import type { BatchMessage } from "./thread.js";

/**
 * Threads that compute sums over many sources, batch by batch: the sums are the same to the last
 * bit for any number of threads, since a batch's size does not depend on it and batches are added
 * in their order. One run at a time; the next one waits.
 *
 *     const threads = new Threads(2);
 *     try {
 *       const sums = await threads.run("betweenness", { graph }, { sources, length: graph.nodes });
 *     } finally {
 *       await threads.close();
 *     }
 */
export class Threads {
  readonly #workers: Worker[];
  readonly #inbox = new Inbox<BatchMessage>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(count: number) {
    const { file, argv } = threadProgram("graph/parallel/thread");
    this.#workers = Array.from({ length: count }, () => new Worker(file, { argv }));
    for (const worker of this.#workers) {
      worker.on("message", (message: BatchMessage) => this.#inbox.put(message));
      worker.on("error", (error) => this.#inbox.fail(failure(error)));
    }
  }

  /**
   * Runs a task over its sources.
   * @returns [options.length] sums
   * @throws PawlError CHECKPOINT_MISMATCH for a state of another run, OUT_OF_MEMORY,
   *   COMPUTE_FAILED; the signal's reason
   */
  run<N extends TaskName>(name: N, parameters: TaskParameters<N>, options: RunOptions): Promise<Float64Array> {
    const run = this.#last.then(() => runBatches(this.#workers, this.#inbox, name, parameters, options));
    this.#last = run.catch(() => {});
    return run;
  }

  /** Ends the threads, also in the middle of a batch. */
  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function failure(error: Error & { code?: string }): PawlError {
  const memory = error.code === "ERR_WORKER_OUT_OF_MEMORY" || /allocation failed/.test(error.message);
  return new PawlError(
    memory ? "OUT_OF_MEMORY" : "COMPUTE_FAILED",
    `a thread ended: ${error.message}`,
    {},
    { cause: error },
  );
}
