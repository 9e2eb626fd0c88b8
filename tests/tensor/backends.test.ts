import { training } from "./training.js";

/** 12 updates of a small model; a process loads one backend. */
let native: ReturnType<typeof training> | undefined;
const tracedAndEager = () => (native ??= training({ backend: "tensorflow", eager: [false, true] }));

test("WebAssembly, plain JavaScript, eager and traced TensorFlow agree within 1e-4", async () => {
  const [traced, eager] = (await tracedAndEager()).trained;
  const [wasm, cpu] = [await training({ backend: "wasm" }), await training({ backend: "cpu" })];
  for (const other of [eager!, wasm.trained[0]!, cpu.trained[0]!]) {
    other.losses.forEach((loss, i) => expect(Math.abs(loss - traced!.losses[i]!)).toBeLessThan(1e-4));
    other.weights.forEach((weight, i) => expect(Math.abs(weight - traced!.weights[i]!)).toBeLessThan(1e-4));
  }
  expect(traced!.losses.at(-1)).toBeLessThan(traced!.losses[0]!);
});

test("TensorFlow does not rewrite graphs; with the switch turned, it does", async () => {
  expect((await tracedAndEager()).log).not.toContain("meta_optimizer.cc");
  const turned = await training({ backend: "tensorflow", switches: { PAWL_GRAPH_OPTIMIZER: "1" } });
  expect(turned.log).toContain("meta_optimizer.cc");
});
