import { compile } from "../../tensor/compile.js";
import type { HostTensors, Program } from "../../tensor/program.js";
import { pickParameters, type Architecture } from "../model/architecture.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "../data/batch.js";
import { predictionNats } from "./batch-loss.js";

/** Measures each prediction of a batch by itself. */
export class TokenScorer {
  readonly #program: Program<"score">;

  constructor(a: Architecture, weights: HostTensors, shape: BatchShape) {
    this.#program = compile(pickParameters(a, weights), {
      score: {
        inputs: batchSpecs(shape),
        run: (weights, inputs) => ({ outputs: { nats: predictionNats(a, weights, inputs) } }),
      },
    });
  }

  /** −log probability of every target, nats, [rows · length]. */
  score(batch: Batch): Float32Array {
    return this.#program.run("score", batchInputs(batch))["nats"]!.data as Float32Array;
  }

  dispose(): void {
    this.#program.dispose();
  }
}
