import { openBetweenness } from "./betweenness-batch.js";
import { openDistances, openReach } from "./distance-batch.js";
import { openFastRpRound, openFastRpStart } from "./fastrp-batch.js";
import { openPairs } from "./pair-batch.js";
import { openPivots } from "./pivot-batch.js";
import { openTriangles } from "./triangle-batch.js";
import type { AddBatch } from "./add-batch.js";

/**
 * The tasks of threads, by name: each opens once per thread and run, allocates its work arrays, and
 * then adds batch after batch to sums that are 0 at first. A new task is a file and a line here.
 * Parameters reach the threads as by `structuredClone`: arrays in shared memory (a `Graph`'s are)
 * are shared, anything else is copied.
 */
export const tasks = {
  betweenness: openBetweenness,
  distances: openDistances,
  fastRpRound: openFastRpRound,
  fastRpStart: openFastRpStart,
  pairs: openPairs,
  pivots: openPivots,
  reach: openReach,
  triangles: openTriangles,
} satisfies Record<string, (parameters: never) => AddBatch>;

export type TaskName = keyof typeof tasks;
export type TaskParameters<N extends TaskName> = Parameters<(typeof tasks)[N]>[0];
