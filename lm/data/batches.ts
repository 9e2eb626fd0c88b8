import { RandomStream } from "../../platform/random.js";
import { fillBatch, type Batch } from "./batch.js";
import { packBestFit, type Packing } from "./packing.js";
import type { Sequences } from "./sequences.js";

/** Batches as a pure function of (sequences, shape, seed, index): any batch can be made without making those before it. */
export interface Batches {
  /** Rows of one epoch. */
  rowsPerEpoch: number;
  /** Batches that see every row once (the last may begin the next epoch). */
  batchesPerEpoch: number;
  /** Predictions that count in that one of the first `count` micro-batches in which most do. */
  mostCounted: (count: number) => number;
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
  const rowAt = (position: number): number => orderOf(Math.floor(position / packing.rows))[position % packing.rows]!;
  return {
    rowsPerEpoch: packing.rows,
    batchesPerEpoch: Math.ceil(packing.rows / rows),
    mostCounted(count) {
      const ofRows = countedInRows(sequences, packing);
      let most = 0;
      for (let index = 0; index < count; index++) {
        let counted = 0;
        for (let r = 0; r < rows; r++) counted += ofRows[rowAt(index * rows + r)]!;
        most = Math.max(most, counted);
      }
      return most;
    },
    at(index) {
      const chosen = Array.from({ length: rows }, (_, r) => rowAt(index * rows + r));
      return fillBatch(sequences, packing, chosen, length);
    },
  };
}

/** Predictions that count in each row of a packing. */
function countedInRows({ starts, lengths, counted }: Sequences, packing: Packing): Int32Array {
  const of = (sequence: number): number => {
    const [start, length] = [starts[sequence]!, lengths[sequence]!];
    if (!counted) return length;
    return counted.subarray(start + 1, start + 1 + length).reduce((sum, one) => sum + one, 0);
  };
  return Int32Array.from({ length: packing.rows }, (_, row) =>
    packing.members
      .subarray(packing.rowStarts[row], packing.rowStarts[row + 1])
      .reduce((sum, sequence) => sum + of(sequence), 0),
  );
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
