import { matMul, tensor2d } from "@tensorflow/tfjs-core";
import { loadBackend } from "../../tensor/backend.js";

/**
 * Run by `pawl doctor` in its own process: loads TensorFlow, multiplies two matrices, prints
 * version and device.
 */
try {
  const description = await loadBackend();
  const [product] = matMul(tensor2d([[2, 3]]), tensor2d([[5], [7]])).dataSync();
  if (product !== 31) throw new Error(`2·5 + 3·7 returned ${product}, expected 31`);
  process.stdout.write(`${JSON.stringify(description)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
