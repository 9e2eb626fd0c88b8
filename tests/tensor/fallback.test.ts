import { training, type Trained } from "./training.js";

/**
 * 12 updates of a small model on one backend, in a process of its own: a process loads one backend.
 */
const ran = (backend: string, eager = false) => training({ backend, eager, steps: 12 });
/** The traced run on TensorFlow, which two tests compare with others. */
let traced: Promise<Trained> | undefined;
const tracedNative = () => (traced ??= ran("tensorflow"));

test("WebAssembly, plain JavaScript, eager and traced TensorFlow agree within 1e-4", async () => {
  const native = await tracedNative();
  for (const other of [await ran("tensorflow", true), await ran("wasm"), await ran("cpu")]) {
    other.losses.forEach((loss, i) => expect(Math.abs(loss - native.losses[i]!)).toBeLessThan(1e-4));
    other.weights.forEach((weight, i) => expect(Math.abs(weight - native.weights[i]!)).toBeLessThan(1e-4));
  }
  expect(native.losses.at(-1)).toBeLessThan(native.losses[0]!);
});

test("three processes end in the same bits", async () => {
  const [first, ...rest] = [await tracedNative(), await ran("tensorflow"), await ran("tensorflow")];
  expect(first.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(rest.map((r) => r.digest)).toEqual([first.digest, first.digest]);
});
