import { fillBatch, type Batch } from "./batch.js";
import { packParts, rowOrder, type Part } from "./mixture.js";
import { packBestFit, type Packing } from "./packing.js";
import { countedIn, type Sequences } from "./sequences.js";

/**
 * Batches as a pure function of (sequences, parts, shape, seed, index): any batch can be computed
 * without those before it.
 */
export interface Batches {
  /** Rows of one epoch; with weights that are not whole, of an epoch on average. */
  rowsPerEpoch: number;
  /** The maximum number of predictions that count in any of the first `count` micro-batches. */
  maxCounted: (count: number) => number;
  /** How often the first `count` micro-batches read each sequence. */
  timesRead: (count: number) => Uint32Array;
  /** Micro-batch `index` of the endless stream of epochs, each in its own order. */
  at: (index: number) => Batch;
}

/**
 * Shuffled epochs without end.
 * @param parts the sequences in their order, and how often an epoch reads them
 */
export function shuffledBatches(
  sequences: Sequences,
  rows: number,
  length: number,
  seed: number,
  parts: readonly Part[] = [{ sequences: sequences.lengths.length, weight: 1 }],
): Batches {
  const packed = packParts(sequences.lengths, length, parts);
  const { packing } = packed;
  const order = rowOrder(packed.parts, seed);
  return {
    rowsPerEpoch: order.rowsPerEpoch,
    maxCounted(count) {
      const ofRows = countedInRows(sequences, packing);
      let most = 0;
      for (let index = 0; index < count; index++) {
        let counted = 0;
        for (let r = 0; r < rows; r++) counted += ofRows[order.at(index * rows + r)]!;
        most = Math.max(most, counted);
      }
      return most;
    },
    timesRead(count) {
      const ofRows = new Uint32Array(packing.rows);
      for (let position = 0; position < count * rows; position++) ofRows[order.at(position)]!++;
      const times = new Uint32Array(sequences.lengths.length);
      ofRows.forEach((read, row) => {
        for (const sequence of rowMembers(packing, row)) times[sequence] = read;
      });
      return times;
    },
    at(index) {
      const chosen = Array.from({ length: rows }, (_, r) => order.at(index * rows + r));
      return fillBatch(sequences, packing, chosen, length);
    },
  };
}

const rowMembers = ({ members, rowStarts }: Packing, row: number): Int32Array =>
  members.subarray(rowStarts[row], rowStarts[row + 1]);

/** Predictions that count in each row of a packing. */
function countedInRows(sequences: Sequences, packing: Packing): Int32Array {
  return Int32Array.from({ length: packing.rows }, (_, row) =>
    rowMembers(packing, row).reduce((sum, sequence) => sum + countedIn(sequences, sequence), 0),
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
