import * as tf from "@tensorflow/tfjs-core";
import { compressedAttention } from "../../../lm/model/attention/compressed.js";
import { denseAttention, packedMask } from "../../../lm/model/attention/dense.js";
import { selectedAttention } from "../../../lm/model/attention/selected.js";
import type { SparseSettings } from "../../../lm/model/attention/settings.js";
import { sparseAttention, sparseBlocks } from "../../../lm/model/attention/sparse.js";
import { referenceSparse } from "./attention-reference.js";
import {
  grid,
  heads,
  makeHeads,
  keyValueHeads,
  packed,
  documentPlaces,
  rows,
  headsTensor,
  hiddenSize,
} from "./attention-support.js";
import { expectGradients, values } from "./finite-differences.js";
import { distance, noise } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const sparse = (window: number, blockSize: number, selectedBlocks: number): SparseSettings => ({
  kind: "sparse",
  window,
  blockSize,
  selectedBlocks,
});
const scores = (salt: number, length: number, count: number) =>
  Float32Array.from(noise(salt, rows * length * count), (x) => 2 * x);

describe.each([[sparse(8, 4, 2)], [sparse(8, 8, 1)], [sparse(4, 2, 3)], [sparse(16, 4, 100)]])("%j", (settings) => {
  test.each(packed(90))(
    "over %i tokens in documents %j is what explicit masks in double precision give",
    (length, documents) => {
      const places = documentPlaces(documents, length);
      const [q, k, v] = [
        makeHeads(1, length, heads),
        makeHeads(2, length, keyValueHeads),
        makeHeads(3, length, keyValueHeads),
      ];
      const [pool, gate] = [scores(4, length, keyValueHeads), scores(5, length, heads)];
      const blocks = sparseBlocks(settings, grid(places.segments), grid(places.positions));
      const inputs = {
        pool: tf.tensor3d(pool, [rows, length, keyValueHeads]),
        gate: tf.tensor3d(gate, [rows, length, heads]),
      };
      const result = sparseAttention(headsTensor(q), headsTensor(k), headsTensor(v), inputs, blocks).dataSync();
      const expected = referenceSparse(q, k, v, { pool, gate }, settings, places);
      const real = Array.from(result.keys()).filter((i) => places.segments[Math.floor(i / (heads * hiddenSize))] !== 0);
      expect(
        distance(
          real.map((i) => result[i]!),
          real.map((i) => expected[i]!),
        ),
      ).toBeLessThan(4e-6);
    },
  );
});

const length = 37;
const places = () => documentPlaces([[30, 5], [37]], length);
/** Values whose sum depends on every entry differently. */
const project = (x: tf.Tensor, salt: number): tf.Tensor =>
  tf.mul(x, tf.tensor(Float32Array.from(noise(salt, x.size)), x.shape));

test("with all blocks selected, the gradient is what differences give: of q, k, v, the pool's scores and the gate", () => {
  const blocks = sparseBlocks(sparse(8, 4, 100), grid(places().segments), grid(places().positions));
  expectGradients(
    ({ q, k, v, pool, gate }) => project(sparseAttention(q!, k!, v!, { pool: pool!, gate: gate! }, blocks), 6),
    {
      q: values(11, [rows, length, heads, hiddenSize]),
      k: values(12, [rows, length, keyValueHeads, hiddenSize]),
      v: values(13, [rows, length, keyValueHeads, hiddenSize]),
      pool: values(14, [rows, length, keyValueHeads]),
      gate: values(15, [rows, length, heads]),
    },
    // A sum of thousands of float32 is not told apart more finely; the branches' own tests are.
    1e-2,
  );
});

/** What the branches take, of two streams a row. */
const branches = (settings: SparseSettings) => {
  const { near, sight } = sparseBlocks(settings, grid(places().segments), grid(places().positions));
  const filled = near.size * near.count;
  const streams = rows * keyValueHeads;
  const { count, size } = sight.blocks;
  return {
    near,
    sight,
    at: {
      q: values(21, [streams, filled, 2 * hiddenSize]),
      k: values(22, [streams, filled, hiddenSize]),
      v: values(23, [streams, filled, hiddenSize]),
      keyBlocks: values(24, [streams, count, size, hiddenSize]),
      valueBlocks: values(25, [streams, count, size, hiddenSize]),
    },
    means: {
      q: values(21, [streams, filled, 2 * hiddenSize]),
      keys: values(26, [streams, count, hiddenSize]),
      values: values(27, [streams, count, hiddenSize]),
    },
  };
};

describe.each([[sparse(8, 4, 2)], [sparse(8, 8, 1)], [sparse(4, 2, 3)]])("%j", (settings) => {
  test("the compressed branch has the gradient that differences give: so the selector learns", () => {
    const { sight, means } = branches(settings);
    expectGradients(
      ({ q, keys, values }) => project(compressedAttention(q!, keys!, values!, sight, 2).attended, 7),
      means,
    );
  });

  test("attention to the selected blocks has the gradient that differences give, for a fixed selection", () => {
    const { near, sight, at, means } = branches(settings);
    const [q, keys, mean] = [means.q, means.keys, means.values].map(({ data, shape }) => tf.tensor(data, shape));
    const { selected } = compressedAttention(q!, keys!, mean!, sight, settings.selectedBlocks);
    expectGradients(
      ({ q, k, v, keyBlocks, valueBlocks }) =>
        project(selectedAttention(q!, k!, v!, keyBlocks!, valueBlocks!, selected, near), 8),
      at,
    );
  });
});

test("all blocks selected and the gate shut is dense attention", () => {
  const { segments, positions } = places();
  const [q, k, v] = [
    makeHeads(1, length, heads),
    makeHeads(2, length, keyValueHeads),
    makeHeads(3, length, keyValueHeads),
  ].map(headsTensor);
  const blocks = sparseBlocks(sparse(8, 4, 100), grid(segments), grid(positions));
  const shut = { pool: tf.zeros([rows, length, keyValueHeads]), gate: tf.fill([rows, length, heads], -1e9) };
  const result = sparseAttention(q!, k!, v!, shut, blocks).dataSync();
  const dense = denseAttention(q!, k!, v!, packedMask(grid(segments))).dataSync();
  const real = Array.from(result.keys()).filter((i) => segments[Math.floor(i / (heads * hiddenSize))] !== 0);
  expect(
    distance(
      real.map((i) => result[i]!),
      real.map((i) => dense[i]!),
    ),
  ).toBeLessThan(4e-6);
});
