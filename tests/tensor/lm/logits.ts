import type { Architecture } from "../../../lm/architecture.js";
import { batchSpecs, batchInputs, type Batch } from "../../../lm/batch.js";
import { packedLogits } from "../../../lm/transformer.js";
import { compile } from "../../../tensor/compile.js";
import type { HostTensors } from "../../../tensor/program.js";

/** Logits of a batch, [rows · length · vocabulary], in one native call. */
export function logitsOf(a: Architecture, weights: HostTensors, batch: Batch): Float32Array {
  const program = compile(weights, {
    forward: {
      inputs: batchSpecs(batch.shape),
      run: (state, { tokens, segments, positions }) => ({
        outputs: { logits: packedLogits(a, state, tokens!, segments!, positions!) },
      }),
    },
  });
  const { logits } = program.run("forward", batchInputs(batch));
  program.dispose();
  return logits!.data as Float32Array;
}
