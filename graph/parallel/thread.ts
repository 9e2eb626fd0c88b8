/** A thread of `Threads`: opens the task that a message names, then computes batches into slots. */
import { parentPort } from "node:worker_threads";
import { tasks, type TaskName, type TaskParameters } from "./tasks.js";
import type { AddBatch } from "./add-batch.js";

/** Begins a run. */
export interface OpenMessage<N extends TaskName = TaskName> {
  open: { name: N; parameters: TaskParameters<N>; sources: Uint32Array; slots: Float64Array[] };
}

/** One batch: sources[first … last), summed into the slot. */
export interface BatchMessage {
  first: number;
  last: number;
  slot: number;
}

let sources: Uint32Array = new Uint32Array();
let slots: Float64Array[] = [];
let add: AddBatch = () => {};

parentPort!.on("message", (message: OpenMessage | BatchMessage) => {
  if ("open" in message) {
    ({ sources, slots } = message.open);
    const open = tasks[message.open.name] as (parameters: unknown) => AddBatch;
    add = open(message.open.parameters);
    return;
  }
  const sums = slots[message.slot]!;
  sums.fill(0);
  add(sources.subarray(message.first, message.last), sums);
  parentPort!.postMessage(message);
});
