import { attentionTraining } from "./training.js";

test.each([
  { attention: "local", window: 8, sinks: 2 },
  { attention: "sparse", window: 8, blockSize: 4, selectedBlocks: 2 },
])("a transformer with %j learns the same on WebAssembly as on TensorFlow", async (attention) => {
  const [native, wasm] = await Promise.all(
    ["tensorflow", "wasm"].map((backend) => attentionTraining({ backend, attention, steps: 4 })),
  );
  native!.losses.forEach((loss, i) => expect(Math.abs(loss - wasm!.losses[i]!)).toBeLessThan(1e-4));
  expect(native!.losses.at(-1)).toBeLessThan(native!.losses[0]!);
});
