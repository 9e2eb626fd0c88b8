import type { Architecture } from "../../../lm/model/architecture.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "../../../lm/data/batch.js";
import { packedLogits } from "../../../lm/model/transformer.js";
import { compile } from "../../../tensor/compile.js";
import type { HostTensors } from "../../../tensor/program.js";

/** Logits of batches of one shape, [rows · length · vocabulary]. */
export function compileLogits(
  a: Architecture,
  weights: HostTensors,
  shape: BatchShape,
): { forward(batch: Batch): Float32Array; dispose(): void } {
  const program = compile(weights, {
    forward: {
      inputs: batchSpecs(shape),
      run: (state, { tokens, segments, positions }) => ({
        outputs: { logits: packedLogits(a, state, tokens!, segments!, positions!) },
      }),
    },
  });
  return {
    forward: (batch) => {
      const { logits } = program.run("forward", batchInputs(batch));
      return logits!.data as Float32Array;
    },
    dispose: () => program.dispose(),
  };
}

/** Logits of one batch. */
export function forwardLogits(a: Architecture, weights: HostTensors, batch: Batch): Float32Array {
  const { forward, dispose } = compileLogits(a, weights, batch.shape);
  const logits = forward(batch);
  dispose();
  return logits;
}
