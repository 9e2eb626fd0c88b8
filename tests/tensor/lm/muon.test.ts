import * as tf from "@tensorflow/tfjs-core";
import { muonUpdate, orthogonalize } from "../../../lm/optim/muon.js";
import { distance, noise } from "./support.js";
import { loadTensorFlow } from "../support.js";

beforeAll(loadTensorFlow);

/** Rows of double-precision numbers: the reference shares no code with what it checks. */
type Matrix = number[][];

const matrix = (rows: number, columns: number, at: (row: number, column: number) => number): Matrix =>
  Array.from({ length: rows }, (_, r) => Array.from({ length: columns }, (_, c) => at(r, c)));
const transpose = (a: Matrix): Matrix => matrix(a[0]!.length, a.length, (r, c) => a[c]![r]!);
const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const product = (a: Matrix, b: Matrix): Matrix => {
  const columns = transpose(b);
  return matrix(a.length, columns.length, (r, c) => dot(a[r]!, columns[c]!));
};
const norm = (values: number[]): number => Math.sqrt(dot(values, values));

function noisy(salt: number, rows: number, columns: number): Matrix {
  const values = noise(salt, rows * columns);
  return matrix(rows, columns, (r, c) => values[r * columns + c]!);
}

/** Orthonormal rows, by Gram and Schmidt. */
function orthonormal(salt: number, rows: number, columns: number): Matrix {
  const found: Matrix = [];
  for (const row of noisy(salt, rows, columns)) {
    let rest = row;
    for (const earlier of found) {
      const share = dot(rest, earlier);
      rest = rest.map((x, i) => x - share * earlier[i]!);
    }
    found.push(rest.map((x) => x / norm(rest)));
  }
  return found;
}

/** The matrix with the given singular values and noisy singular vectors. */
function withSingularValues(values: number[], rows: number, columns: number): Matrix {
  const left = transpose(orthonormal(1, values.length, rows));
  const right = orthonormal(2, values.length, columns);
  return product(
    left,
    right.map((row, i) => row.map((x) => x * values[i]!)),
  );
}

/** Singular values by one-sided Jacobi rotations, which make the rows orthogonal. */
function singularValues(a: Matrix): number[] {
  const rows = (a.length <= a[0]!.length ? a : transpose(a)).map((row) => [...row]);
  for (let turned = true; turned;) {
    turned = false;
    for (let i = 0; i < rows.length; i++)
      for (let j = i + 1; j < rows.length; j++) {
        const [x, y] = [rows[i]!, rows[j]!];
        const shared = dot(x, y);
        if (Math.abs(shared) <= 1e-12 * norm(x) * norm(y)) continue;
        turned = true;
        const angle = 0.5 * Math.atan2(2 * shared, dot(x, x) - dot(y, y));
        const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
        rows[i] = x.map((value, c) => cos * value + sin * y[c]!);
        rows[j] = y.map((value, c) => cos * value - sin * x[c]!);
      }
  }
  return rows.map(norm).sort((x, y) => y - x);
}

/** What five iterations make of a singular value: Jordan's quintic, five times. */
function iterated(value: number): number {
  for (let i = 0; i < 5; i++) value = 3.4445 * value - 4.775 * value ** 3 + 2.0315 * value ** 5;
  return value;
}

const onDevice = (a: Matrix): tf.Tensor2D => tf.tensor2d(a, [a.length, a[0]!.length], "float32");
const orthogonalized = (a: Matrix): Matrix => tf.tidy(() => orthogonalize(onDevice(a)).arraySync());

const shapes: [number, number][] = [
  [5, 9],
  [9, 5],
  [5, 5],
];

test.each(shapes)("singular vectors stay, singular values go through the quintic (%i × %i)", (rows, columns) => {
  const values = [3, 2.1, 0.9, 0.3, 0.06];
  const length = norm(values);
  const expected = withSingularValues(
    values.map((value) => iterated(value / length)),
    rows,
    columns,
  );
  const got = orthogonalized(withSingularValues(values, rows, columns));
  expect(distance(got.flat(), expected.flat())).toBeLessThan(2e-5);
});

test.each([
  [32, 80],
  [80, 32],
  [24, 24],
])("a noisy gradient becomes nearly orthogonal: singular values in [0.68, 1.21] (%i × %i)", (rows, columns) => {
  const gradient = noisy(7, rows, columns);
  const before = singularValues(gradient);
  // Below two thousandths of the norm, five iterations are too few (and such directions are noise).
  expect(before.at(-1)! / norm(before)).toBeGreaterThan(0.002);
  expect(before[0]! / before.at(-1)!).toBeGreaterThan(3);
  const after = singularValues(orthogonalized(gradient));
  expect(after.at(-1)).toBeGreaterThan(0.68);
  expect(after[0]).toBeLessThan(1.21);
});

test("scale does not matter, and a gradient of zeros gives no update and no NaN", () => {
  const gradient = noisy(3, 6, 4);
  const scaled = gradient.map((row) => row.map((x) => x * 1e4));
  expect(distance(orthogonalized(scaled).flat(), orthogonalized(gradient).flat())).toBeLessThan(1e-5);
  expect(orthogonalized(matrix(6, 4, () => 0)).flat()).toEqual(Array.from({ length: 24 }, () => 0));
});

/** Three updates in double precision, the orthogonal part by Newton–Schulz on plain arrays. */
function referenceUpdates(weight: Matrix, gradients: Matrix[], learningRate: number, keep: number): Matrix {
  let average = weight.map((row) => row.map(() => 0));
  for (const gradient of gradients) {
    average = matrix(weight.length, weight[0]!.length, (r, c) => 0.95 * average[r]![c]! + 0.05 * gradient[r]![c]!);
    const ahead = average.map((row, r) => row.map((x, c) => 0.95 * x + 0.05 * gradient[r]![c]!));
    const length = norm(ahead.flat());
    let x = ahead.map((row) => row.map((value) => value / length));
    for (let i = 0; i < 5; i++) {
      const cubed = product(product(x, transpose(x)), x);
      const fifth = product(product(x, transpose(x)), cubed);
      x = x.map((row, r) => row.map((value, c) => 3.4445 * value - 4.775 * cubed[r]![c]! + 2.0315 * fifth[r]![c]!));
    }
    const size = 0.2 * Math.sqrt(Math.max(weight.length, weight[0]!.length));
    weight = weight.map((row, r) => row.map((value, c) => keep * value - learningRate * size * x[r]![c]!));
  }
  return weight;
}

test.each(shapes)("three updates give a plain implementation's weights (%i × %i)", (rows, columns) => {
  const start = noisy(11, rows, columns);
  const gradients = [12, 13, 14].map((salt) => noisy(salt, rows, columns));
  const [learningRate, keep] = [0.05, 0.99];
  let state = { weight: onDevice(start) as tf.Tensor, average: tf.zeros<tf.Rank>([rows, columns]) };
  const scalars = { learningRate: tf.scalar(learningRate), keep: tf.scalar(keep) };
  for (const gradient of gradients) state = muonUpdate(state.weight, onDevice(gradient), state.average, scalars);
  const expected = referenceUpdates(start, gradients, learningRate, keep);
  expect(distance(state.weight.dataSync(), expected.flat())).toBeLessThan(1e-5);
  expect(distance(start.flat(), expected.flat())).toBeGreaterThan(0.05);
});
