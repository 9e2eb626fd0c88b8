import * as tf from "@tensorflow/tfjs-core";
import { compile } from "../../tensor/compile.js";
import type { HostTensors, Program } from "../../tensor/program.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "../data/batch.js";
import { pickParameters, type Architecture } from "../model/architecture.js";
import { computeLogits, packedStates } from "../model/transformer.js";
import { chooseTokens } from "./choose-tokens.js";
import { wholeDistribution } from "./sampling.js";

const mostProbable = { temperature: 0, ...wholeDistribution };

/**
 * Finds the most probable tokens at the ends of rows. Logits are computed for those positions only.
 */
export class EndScorer {
  readonly #program: Program<"score">;

  /** @param positions at each row's end that are scored */
  constructor(a: Architecture, weights: HostTensors, shape: BatchShape, positions: number) {
    const { rows, length } = shape;
    this.#program = compile(pickParameters(a, weights), {
      score: {
        inputs: batchSpecs(shape),
        run: (weights, { tokens, segments, positions: ofTokens }) => {
          const states = tf.reshape(packedStates(a, weights, tokens!, segments!, ofTokens!), [
            rows,
            length,
            a.hiddenSize,
          ]);
          const ends = tf.slice(states, [0, length - positions, 0], [rows, positions, a.hiddenSize]);
          const logits = computeLogits(a, weights, tf.reshape(ends, [rows * positions, a.hiddenSize]));
          return { outputs: { best: chooseTokens(logits, tf.zeros([rows * positions]), mostProbable) } };
        },
      },
    });
  }

  /** Ids of the most probable next tokens, [rows · positions]. */
  best(batch: Batch): Int32Array {
    return this.#program.run("score", batchInputs(batch))["best"]!.data as Int32Array;
  }

  dispose(): void {
    this.#program.dispose();
  }
}
