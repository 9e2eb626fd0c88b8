import { compile } from "../tensor/compile.js";
import type { HostTensors, Program } from "../tensor/program.js";
import { parameters, type Architecture } from "./architecture.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "./batch.js";
import { batchLoss } from "./trainer.js";

/** Measures losses of a model that is not trained. */
export class Scorer {
  readonly #program: Program<"score">;

  constructor(a: Architecture, weights: HostTensors, shape: BatchShape) {
    const state = Object.fromEntries(parameters(a).map(({ name }) => [name, weights[name]!]));
    this.#program = compile(state, {
      score: {
        inputs: batchSpecs(shape),
        run: (weights, inputs) => ({ outputs: { loss: batchLoss(a, weights, inputs) } }),
      },
    });
  }

  /** Sum of the losses of a batch's weighted predictions, nats. */
  score(batch: Batch): number {
    return this.#program.run("score", batchInputs(batch))["loss"]!.data[0]!;
  }

  dispose(): void {
    this.#program.dispose();
  }
}
