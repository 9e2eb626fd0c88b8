import { compile } from "../tensor/compile.js";
import type { HostTensors, Program } from "../tensor/program.js";
import { parameters, type Architecture } from "./architecture.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "./batch.js";
import type { Example } from "./sequences.js";
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

/**
 * Windows over a document in which every token, and the end-of-text token after the last, is predicted exactly once. The
 * first token is predicted from the end-of-text token. In a document longer than the context, each further window repeats
 * half a context of tokens that no longer count, so that a prediction sees at least that much of what came before.
 */
export function scoringWindows(document: ArrayLike<number>, endOfText: number, context: number): Example[] {
  const tokens = [endOfText, ...Array.from(document), endOfText];
  const predictions = tokens.length - 1;
  const stride = Math.max(1, Math.floor(context / 2));
  const windows: Example[] = [];
  for (let counted = 0; counted < predictions;) {
    const start = counted === 0 ? 0 : Math.min(counted + stride, predictions) - context;
    const end = Math.min(start + context, predictions);
    const from = counted;
    windows.push({
      tokens: tokens.slice(start, end + 1),
      counted: Array.from({ length: end + 1 - start }, (_, i) => start + i > from),
    });
    counted = end;
  }
  return windows;
}
