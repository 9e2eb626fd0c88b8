import { RandomStream } from "../../platform/random.js";
import { packBestFit, type Packing } from "./packing.js";

/** Consecutive sequences of which an epoch reads `weight` times as many rows as they fill. */
export interface Part {
  /** Number of sequences; the first part begins at sequence 0, the next where it ends. */
  sequences: number;
  /** 1: every row once an epoch; ≥ 0. */
  weight: number;
}

/** The rows of a packing that belong to a part. */
interface PartRows {
  first: number;
  rows: number;
  weight: number;
}

/**
 * Each part packed by itself ({@link packBestFit}), one after another: no row holds sequences of
 * two parts.
 */
export function packParts(
  lengths: Int32Array,
  capacity: number,
  parts: readonly Part[],
): { packing: Packing; parts: PartRows[] } {
  const rowStarts: number[] = [0];
  const members: Int32Array[] = [];
  const ofParts: PartRows[] = [];
  let [sequence, placed] = [0, 0];
  for (const { sequences, weight } of parts) {
    const packed = packBestFit(lengths.subarray(sequence, sequence + sequences), capacity);
    ofParts.push({ first: rowStarts.length - 1, rows: packed.rows, weight });
    for (const end of packed.rowStarts.subarray(1)) rowStarts.push(placed + end);
    const begin = sequence;
    members.push(packed.members.map((member) => begin + member));
    placed += packed.members.length;
    sequence += sequences;
  }
  const all = new Int32Array(placed);
  members.reduce((at, list) => (all.set(list, at), at + list.length), 0);
  return {
    packing: { rows: rowStarts.length - 1, rowStarts: Int32Array.from(rowStarts), members: all },
    parts: ofParts,
  };
}

/** Rows in the order they are read, without end: a function of (parts, seed, position). */
export interface RowOrder {
  /** Rows of an epoch; with weights that are not whole, of an epoch on average. */
  rowsPerEpoch: number;
  at: (position: number) => number;
}

/**
 * Shuffled epochs, each with weight · rows rows of every part. A part is read from end to end
 * repeatedly, shuffled again each time, and an epoch continues where the previous one stopped: at
 * any time, the numbers of times that a part's rows have been read differ by at most one.
 */
export function rowOrder(parts: readonly PartRows[], seed: number): RowOrder {
  const rowsPerEpoch = parts.reduce((sum, { weight, rows }) => sum + weight * rows, 0);
  const epochStart = (epoch: number): number => parts.reduce((sum, part) => sum + partStart(part, epoch), 0);
  let latest: { from: number; rows: Uint32Array } | undefined;
  return {
    rowsPerEpoch,
    at(position) {
      if (latest === undefined || position < latest.from || position >= latest.from + latest.rows.length) {
        const epoch = epochAt(position, epochStart, rowsPerEpoch);
        latest = { from: epochStart(epoch), rows: epochRows(parts, epoch, seed) };
      }
      return latest.rows[position - latest.from]!;
    },
  };
}

/** Rows of a part that the epochs before have read. */
const partStart = ({ weight, rows }: PartRows, epoch: number): number => Math.round(epoch * weight * rows);

/** The epoch of a position; an epoch may be empty if weights are small. */
function epochAt(position: number, epochStart: (epoch: number) => number, rowsPerEpoch: number): number {
  let low = 0;
  let high = Math.ceil(position / rowsPerEpoch) + 1;
  while (epochStart(high) <= position) high *= 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (epochStart(middle) <= position) low = middle;
    else high = middle;
  }
  return low;
}

function epochRows(parts: readonly PartRows[], epoch: number, seed: number): Uint32Array {
  const counts = parts.map((part) => partStart(part, epoch + 1) - partStart(part, epoch));
  const chosen = new Uint32Array(counts.reduce((sum, count) => sum + count, 0));
  let filled = 0;
  parts.forEach((part, index) => {
    const [from, to] = [partStart(part, epoch), partStart(part, epoch + 1)];
    for (let at = from; at < to;) {
      const pass = Math.floor(at / part.rows);
      const begin = at - pass * part.rows;
      const end = Math.min(part.rows, to - pass * part.rows);
      // The order within a whole pass is the epoch's own.
      const isWhole = end - begin === part.rows;
      const order = isWhole ? undefined : new RandomStream(seed, `part ${index} pass ${pass}`).permutation(part.rows);
      for (let row = begin; row < end; row++) chosen[filled++] = part.first + (order?.[row] ?? row);
      at = pass * part.rows + end;
    }
  });
  return new RandomStream(seed, `epoch ${epoch}`).permutation(chosen.length).map((index) => chosen[index]!);
}
