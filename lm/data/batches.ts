import { RandomStream } from "../../platform/random.js";
import { fillBatch, type Batch } from "./batch.js";
import { packBestFit } from "./packing.js";
import type { Sequences } from "./sequences.js";

/** Batches as a pure function of (sequences, shape, seed, index): any batch can be made without making those before it. */
export interface Batches {
  /** Rows of one epoch. */
  rowsPerEpoch: number;
  /** Batches that see every row once (the last may begin the next epoch). */
  batchesPerEpoch: number;
  /** Micro-batch `index` of the endless stream of epochs, each in an order of its own. */
  at: (index: number) => Batch;
}

/** Shuffled epochs without end. */
export function shuffledBatches(sequences: Sequences, rows: number, length: number, seed: number): Batches {
  const packing = packBestFit(sequences.lengths, length);
  const orders = new Map<number, Uint32Array>();
  const orderOf = (epoch: number): Uint32Array => {
    let order = orders.get(epoch);
    if (!order) {
      for (const old of orders.keys()) if (old < epoch - 1) orders.delete(old);
      orders.set(epoch, (order = new RandomStream(seed, `epoch ${epoch}`).permutation(packing.rows)));
    }
    return order;
  };
  return {
    rowsPerEpoch: packing.rows,
    batchesPerEpoch: Math.ceil(packing.rows / rows),
    at(index) {
      const chosen = Array.from({ length: rows }, (_, r) => {
        const position = index * rows + r;
        return orderOf(Math.floor(position / packing.rows))[position % packing.rows]!;
      });
      return fillBatch(sequences, packing, chosen, length);
    },
  };
}

/** Every row once, in order; the last batch is filled up with empty rows. For measuring. */
export function orderedBatches(
  sequences: Sequences,
  rows: number,
  length: number,
): { batches: number; at: (index: number) => Batch } {
  const packing = packBestFit(sequences.lengths, length);
  return {
    batches: Math.ceil(packing.rows / rows),
    at(index) {
      const chosen = Array.from({ length: rows }, (_, r) => index * rows + r);
      return fillBatch(
        sequences,
        packing,
        chosen.map((row) => (row < packing.rows ? row : undefined)),
        length,
      );
    },
  };
}
