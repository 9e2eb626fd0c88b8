import { training } from "./training.js";

/** 12 updates of a small model on TensorFlow, traced and eager; tests compare it with others. */
let native: ReturnType<typeof training> | undefined;
const tracedAndEager = () => (native ??= training({ backend: "tensorflow", eager: [false, true] }));
/** The same in another process. */
let again: ReturnType<typeof training> | undefined;
const tracedAgain = () => (again ??= training({ backend: "tensorflow" }));

// A process loads one backend.
test("WebAssembly, plain JavaScript, eager and traced TensorFlow agree within 1e-4", async () => {
  const [traced, eager] = (await tracedAndEager()).trained;
  const [wasm, cpu] = [await training({ backend: "wasm" }), await training({ backend: "cpu" })];
  for (const other of [eager!, wasm.trained[0]!, cpu.trained[0]!]) {
    other.losses.forEach((loss, i) => expect(Math.abs(loss - traced!.losses[i]!)).toBeLessThan(1e-4));
    other.weights.forEach((weight, i) => expect(Math.abs(weight - traced!.weights[i]!)).toBeLessThan(1e-4));
  }
  expect(traced!.losses.at(-1)).toBeLessThan(traced!.losses[0]!);
});

test("two processes end in the same bits", async () => {
  const [first, second] = [await tracedAndEager(), await tracedAgain()].map(({ trained }) => trained[0]!.digest);
  expect(first).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toBe(first);
});

test("TensorFlow does not rewrite graphs; with the switch turned, it does", async () => {
  expect((await tracedAgain()).log).not.toContain("meta_optimizer.cc");
  const turned = await training({ backend: "tensorflow", switches: { PAWL_GRAPH_OPTIMIZER: "1" } });
  expect(turned.log).toContain("meta_optimizer.cc");
});
