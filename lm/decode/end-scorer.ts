import * as tf from "@tensorflow/tfjs-core";
import { compile } from "../../tensor/compile.js";
import type { HostTensors, Program } from "../../tensor/program.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "../data/batch.js";
import { parametersOf, type Architecture } from "../model/architecture.js";
import { logitsOf, packedStates } from "../model/transformer.js";
import { chooseTokens } from "./choose-tokens.js";
import { wholeDistribution } from "./sampling.js";

const mostProbable = { temperature: 0, ...wholeDistribution };

/** Finds the most probable tokens at the ends of rows. Logits are computed for those slots only. */
export class EndScorer {
  readonly #program: Program<"score">;

  /** @param slots at each row's end */
  constructor(a: Architecture, weights: HostTensors, shape: BatchShape, slots: number) {
    const { rows, length } = shape;
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
          const logits = logitsOf(a, weights, tf.reshape(ends, [rows * slots, a.hiddenSize]));
          return { outputs: { best: chooseTokens(logits, tf.zeros([rows * slots]), mostProbable) } };
        },
      },
    });
  }

  /** Ids of the most probable next tokens, [rows · slots]. */
  best(batch: Batch): Int32Array {
    return this.#program.run("score", batchInputs(batch))["best"]!.data as Int32Array;
  }

  dispose(): void {
    this.#program.dispose();
  }
}
