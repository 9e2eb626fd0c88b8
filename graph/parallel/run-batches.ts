import type { Worker } from "node:worker_threads";
import { PawlError } from "../../platform/errors.js";
import { sharedFloat64, sharedUint32 } from "../graph.js";
import { Dispatcher } from "./dispatcher.js";
import type { Inbox } from "./inbox.js";
import type { TaskName, TaskParameters } from "./tasks.js";
import type { BatchMessage, OpenMessage } from "./thread.js";

/** The state of a run: the sums of its first `done` sources. */
export interface RunState {
  done: number;
  sums: Float64Array;
}

export interface RunOptions {
  /**
   * What the task runs over, in this order; it may hold a node more than once, and need not be
   * nodes.
   */
  sources: Uint32Array;
  /** The number of sums. */
  length: number;
  /**
   * Sources per batch. The sums' last bits depend on it, so a resumed run must have the same.
   * Default 64.
   */
  batch?: number;
  /** The state that the run resumes from. */
  resume?: RunState;
  /**
   * Called after every batch, in order; the state does not change before its promise settles, but
   * changes afterwards: keep a copy.
   */
  onProgress?: (state: RunState, total: number) => void | Promise<void>;
  /** Ends the run after the batches under way. */
  signal?: AbortSignal;
}

/** The part of a run's options that controls its course, not its result. */
export type RunControl = Pick<RunOptions, "resume" | "onProgress" | "signal">;

/** Slots for batches that wait for an earlier one, by thread. */
const slotsByThread = 4;

/** One run of a task; see `Threads`. */
export async function runBatches<N extends TaskName>(
  workers: readonly Worker[],
  inbox: Inbox<BatchMessage>,
  name: N,
  parameters: TaskParameters<N>,
  options: RunOptions,
): Promise<Float64Array> {
  const { batch = 64, length, onProgress, signal } = options;
  const state = initialState(options, batch);
  const sources = shared(options.sources);
  const slots = Array.from({ length: slotsByThread * workers.length }, () => sharedFloat64(length));
  const open: OpenMessage<N> = { open: { name, parameters, sources, slots } };
  for (const worker of workers) worker.postMessage(open);
  const dispatcher = new Dispatcher(workers, inbox, slots.length, batch, state.done, sources.length);
  const finished = new Map<number, BatchMessage>();
  try {
    while (state.done < sources.length) {
      signal?.throwIfAborted();
      dispatcher.give();
      const message = await dispatcher.receive();
      finished.set(message.first, message);
      for (let next; (next = finished.get(state.done));) {
        finished.delete(next.first);
        addTo(state.sums, slots[next.slot]!);
        dispatcher.release(next.slot);
        state.done = next.last;
        await onProgress?.(state, sources.length);
      }
    }
    return state.sums;
  } finally {
    await dispatcher.drain();
  }
}

function initialState({ resume, length, sources }: RunOptions, batch: number): RunState {
  if (!resume) return { done: 0, sums: new Float64Array(length) };
  const { done, sums } = resume;
  if (sums.length === length && done <= sources.length && (done % batch === 0 || done === sources.length))
    return { done, sums: sums.slice() };
  throw new PawlError("CHECKPOINT_MISMATCH", "the state belongs to another computation", {
    expected: `${length} sums after complete batches of ${batch}, at most ${sources.length} sources`,
    got: `${sums.length} sums after ${done} sources`,
    next: "remove the stage's directory in store/checkpoints, or change one of its settings",
  });
}

function shared(values: Uint32Array): Uint32Array {
  if (values.buffer instanceof SharedArrayBuffer) return values;
  const copy = sharedUint32(values.length);
  copy.set(values);
  return copy;
}

function addTo(sums: Float64Array, slot: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += slot[i]!;
}
