import { parameters, resolveArchitecture, type Architecture } from "../../../lm/model/architecture.js";
import { emptyBatch, type Batch } from "../../../lm/data/batch.js";
import type { OptimizerSettings } from "../../../lm/optim/optimizer.js";
import type { HostTensor, HostTensors } from "../../../tensor/program.js";

/**
 * Numbers in [-1, 1): a multiplicative hash of index and salt, the same as in
 * tests/fixtures/make_parity.py.
 */
export function noise(salt: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let x = Math.imul(i + salt * 7919 + 1, 2654435761) >>> 0;
    x = Math.imul((x >>> 15) ^ x, 2246822519) >>> 0;
    return (((x >>> 13) ^ x) >>> 0) / 2 ** 31 - 1;
  });
}

/** Weights by formula: matrices ±0.15, gains 1 ± 0.3. */
export function formulaWeights(a: Architecture): HostTensors {
  const sorted = parameters(a).sort((x, y) => (x.name < y.name ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ name, shape }, i) => {
      const values = noise(
        i,
        shape.reduce((x, y) => x * y, 1),
      );
      const data = Float32Array.from(values, (v) => (shape.length === 2 ? v * 0.15 : 1 + v * 0.3));
      return [name, { dtype: "float32", shape, data } as const];
    }),
  );
}

/** The weights with the matrices' values times a factor. */
export function scaledMatrices(weights: HostTensors, factor: number): HostTensors {
  const times = (tensor: HostTensor): HostTensor => ({ ...tensor, data: tensor.data.map((x) => x * factor) });
  return Object.fromEntries(
    Object.entries(weights).map(([name, tensor]) => [name, tensor.shape.length === 2 ? times(tensor) : tensor]),
  );
}

/** A model that trains in milliseconds; two query heads share a key head. */
export function tinyArchitecture(changes: Partial<Parameters<typeof resolveArchitecture>[0]> = {}): Architecture {
  const settings = {
    layers: 2,
    hiddenSize: 16,
    heads: 4,
    keyValueHeads: 2,
    headDim: 8,
    intermediateSize: 32,
    contextLength: 32,
    ropeTheta: 10000,
    tieEmbeddings: true,
    ...changes,
  };
  return resolveArchitecture(settings, 29);
}

export const adamw: OptimizerSettings = { kind: "adamw", weightDecay: 0.1, beta1: 0.9, beta2: 0.95, gradientClip: 1 };

/** Sizes of a policy whose optimum is known: responses of a few tokens to one short prompt. */
export const knownOptimumSizes = {
  layers: 1,
  hiddenSize: 16,
  heads: 2,
  intermediateSize: 32,
  contextLength: 8,
  ropeTheta: 10000,
  tieEmbeddings: false,
};

/**
 * A batch from rows of sequences: each predicts its tokens but the first; the rest of a row is
 * padding.
 */
export function makeBatch(rows: number[][][], length: number): Batch {
  const batch = emptyBatch(rows.length, length);
  rows.forEach((sequences, r) => {
    let at = r * length;
    sequences.forEach((sequence, s) => {
      for (let i = 0; i + 1 < sequence.length; i++, at++) {
        batch.tokens[at] = sequence[i]!;
        batch.targets[at] = sequence[i + 1]!;
        batch.segments[at] = s + 1;
        batch.positions[at] = i;
        batch.weights[at] = 1;
        batch.weight++;
      }
    });
  });
  return batch;
}

/** Token ids by formula. */
export function makeTokens(salt: number, count: number, vocabularySize: number): number[] {
  return Array.from(noise(salt, count), (v) => Math.floor(((v + 1) / 2) * vocabularySize));
}

/** Largest difference of two arrays. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`${a.length} values against ${b.length}`);
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}
