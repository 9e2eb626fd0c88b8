import { PawlError } from "../../platform/errors.js";
import type { InputSpec, HostTensors } from "../../tensor/program.js";
import type { Packing } from "./packing.js";
import type { Sequences } from "./sequences.js";

/** Rows × length of a batch. */
export interface BatchShape {
  rows: number;
  length: number;
  /**
   * Maximum number of predictions of a batch that count. If it is given, a step receives which
   * predictions these are, and computes logits for no others.
   */
  predictions?: number;
}

/**
 * One micro-batch, [rows, length] each: `segments` says which sequence a token belongs to (0:
 * padding), `positions` counts from 0 in each, `targets` are the tokens to predict, `weights` are
 * the weights of the predictions.
 */
export interface Batch {
  shape: BatchShape;
  tokens: Int32Array;
  segments: Int32Array;
  positions: Int32Array;
  targets: Int32Array;
  weights: Float32Array;
  /** Sum of the weights. */
  weight: number;
}

/** The inputs that a batch gives a compiled step: {@link batchInputs}. */
export function batchSpecs({ rows, length, predictions }: BatchShape): Record<string, InputSpec> {
  const grid: InputSpec = { dtype: "int32", shape: [rows, length] };
  const read = { tokens: grid, segments: grid, positions: grid };
  if (predictions === undefined) return { ...read, targets: grid, weights: { ...grid, dtype: "float32" } };
  const list: InputSpec = { dtype: "int32", shape: [predictions] };
  return { ...read, predicted: list, targets: list, weights: { ...list, dtype: "float32" } };
}

/**
 * A batch as a step's inputs, each [rows, length]; if the shape sets how many predictions count,
 * `targets` and `weights` are those of the predictions that do, [predictions], and `predicted`
 * holds their places in the concatenated rows.
 * @throws PawlError INTERNAL if more count than the shape allows
 */
export function batchInputs(batch: Batch, { predictions }: Pick<BatchShape, "predictions"> = {}): HostTensors {
  const shape = [batch.shape.rows, batch.shape.length];
  const read = {
    tokens: { dtype: "int32", shape, data: batch.tokens },
    segments: { dtype: "int32", shape, data: batch.segments },
    positions: { dtype: "int32", shape, data: batch.positions },
  } satisfies HostTensors;
  if (predictions !== undefined) return { ...read, ...countedInputs(batch, predictions) };
  return {
    ...read,
    targets: { dtype: "int32", shape, data: batch.targets },
    weights: { dtype: "float32", shape, data: batch.weights },
  };
}

function countedInputs({ weights, targets }: Batch, predictions: number): HostTensors {
  const counted = Array.from(weights.keys()).filter((i) => weights[i] !== 0);
  if (counted.length > predictions)
    throw new PawlError("INTERNAL", "more predictions of a batch count than its step has room for", {
      expected: `at most ${predictions}`,
      got: String(counted.length),
    });
  const shape = [predictions];
  const predicted = new Int32Array(predictions);
  predicted.set(counted);
  return {
    predicted: { dtype: "int32", shape, data: predicted },
    targets: { dtype: "int32", shape, data: predicted.map((i) => targets[i]!) },
    // Weight 0 beyond those that count.
    weights: {
      dtype: "float32",
      shape,
      data: Float32Array.from(predicted, (i, n) => (n < counted.length ? weights[i]! : 0)),
    },
  };
}

/** A batch of padding: no token counts. */
export function emptyBatch(rows: number, length: number): Batch {
  const size = rows * length;
  return {
    shape: { rows, length },
    tokens: new Int32Array(size),
    segments: new Int32Array(size),
    positions: new Int32Array(size),
    targets: new Int32Array(size),
    weights: new Float32Array(size),
    weight: 0,
  };
}

/**
 * Fills a batch with the given rows of a packing; `undefined` leaves a row empty (all padding,
 * weight 0).
 */
export function fillBatch(
  sequences: Sequences,
  packing: Packing,
  rows: readonly (number | undefined)[],
  length: number,
): Batch {
  const batch = emptyBatch(rows.length, length);
  rows.forEach((row, r) => {
    if (row === undefined) return;
    let at = r * length;
    const members = packing.members.subarray(packing.rowStarts[row], packing.rowStarts[row + 1]);
    members.forEach((sequence, m) => (at = placeSequence(batch, sequences, sequence, m + 1, at)));
  });
  return batch;
}

function placeSequence(batch: Batch, from: Sequences, sequence: number, segment: number, at: number): number {
  const start = from.starts[sequence]!;
  const length = from.lengths[sequence]!;
  for (let i = 0; i < length; i++) {
    const weight = from.counted ? from.counted[start + i + 1]! : 1;
    batch.tokens[at + i] = from.tokens[start + i]!;
    batch.targets[at + i] = from.tokens[start + i + 1]!;
    batch.segments[at + i] = segment;
    batch.positions[at + i] = i;
    batch.weights[at + i] = weight;
    batch.weight += weight;
  }
  return at + length;
}
