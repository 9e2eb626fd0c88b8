import { DefaultLogger, Runtime, Worker, type ReplayResult } from "@temporalio/worker";
import { TransformStream } from "node:stream/web";
import { workflowBundle } from "../../../worker/bundle.js";

/**
 * Replays histories one after the other with today's workflow code, all in one worker: each start
 * of one takes a second.
 */
export class Replayer {
  readonly #histories = new TransformStream<{ workflowId: string; history: unknown }>();
  readonly #writer = this.#histories.writable.getWriter();
  #results: AsyncIterableIterator<ReplayResult> | undefined;

  /** @throws DeterminismViolationError if the code takes other decisions */
  async replay(workflowId: string, history: object): Promise<void> {
    this.#results ??= await this.#begin();
    const [result] = await Promise.all([this.#results.next(), this.#writer.write({ workflowId, history })]);
    if (result.done) throw new Error("the worker has ended");
    if (result.value.error) throw result.value.error;
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#results?.next();
  }

  async #begin(): Promise<AsyncIterableIterator<ReplayResult>> {
    Runtime.install({ logger: new DefaultLogger("ERROR") });
    const { codePath } = await workflowBundle();
    return Worker.runReplayHistories({ workflowBundle: { codePath } }, this.#histories.readable);
  }
}

/** One replayer for the tests of a file. */
export function useReplayer(): Replayer {
  const replayer = new Replayer();
  afterAll(() => replayer.close());
  return replayer;
}
