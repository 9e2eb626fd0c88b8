import { sizesOfStep } from "./training-step.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

// The scores with the blocks' means are as many as a chunk of them may be.
test("a training step of sparse attention makes no tensor more than eight times as large at eight times 2048 tokens", () => {
  const sparse = { kind: "sparse", window: 16, blockSize: 8, selectedBlocks: 2 } as const;
  const largest = (length: number) => Math.max(...sizesOfStep(sparse, length));
  expect(largest(8 * 2048) / largest(2048)).toBeLessThan(8.5);
});
