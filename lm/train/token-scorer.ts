import * as tf from "@tensorflow/tfjs-core";
import { compile } from "../../tensor/compile.js";
import type { HostTensors, Program } from "../../tensor/program.js";
import { parametersOf, type Architecture } from "../model/architecture.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "../data/batch.js";
import { logitsOf, packedStates } from "../model/transformer.js";
import { predictionNats } from "./batch-loss.js";

/** Measures each prediction of a batch by itself. */
export class TokenScorer {
  readonly #program: Program<"score">;

  constructor(a: Architecture, weights: HostTensors, shape: BatchShape) {
    this.#program = compile(parametersOf(a, weights), {
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

/** Finds the most probable tokens at the ends of rows. Logits are computed for those slots only. */
export class EndScorer {
  readonly #program: Program<"score">;
  readonly #vocabularySize: number;

  /** @param slots at each row's end */
  constructor(a: Architecture, weights: HostTensors, shape: BatchShape, slots: number) {
    const { rows, length } = shape;
    this.#vocabularySize = a.vocabularySize;
    this.#program = compile(parametersOf(a, weights), {
      score: {
        inputs: batchSpecs(shape),
        run: (weights, { tokens, segments, positions }) => {
          const states = tf.reshape(packedStates(a, weights, tokens!, segments!, positions!), [
            rows,
            length,
            a.hiddenSize,
          ]);
          const ends = tf.slice(states, [0, length - slots, 0], [rows, slots, a.hiddenSize]);
          return { outputs: { logits: logitsOf(a, weights, tf.reshape(ends, [rows * slots, a.hiddenSize])) } };
        },
      },
    });
  }

  /** Ids of the most probable next tokens, [rows · slots]. */
  best(batch: Batch): Int32Array {
    const logits = this.#program.run("score", batchInputs(batch))["logits"]!.data as Float32Array;
    const size = this.#vocabularySize;
    return Int32Array.from({ length: logits.length / size }, (_, i) =>
      highest(logits.subarray(i * size, (i + 1) * size)),
    );
  }

  dispose(): void {
    this.#program.dispose();
  }
}

function highest(values: Float32Array): number {
  return values.reduce((best, value, i) => (value > values[best]! ? i : best), 0);
}
