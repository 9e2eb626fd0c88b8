import { compile } from "../../tensor/compile.js";
import { prefixed } from "../../tensor/host-tensor.js";
import type { HostTensors, Program } from "../../tensor/program.js";
import { pickParameters, type Architecture } from "../model/architecture.js";
import { batchInputs, batchSpecs, type Batch, type BatchShape } from "../data/batch.js";
import { divergenceStep, referencePrefix } from "./policy.js";
import { perRollout, rolloutInputs, type Rollout, type RolloutShape, type TokenValues } from "../data/rollout.js";
import { batchNats } from "./batch-loss.js";

/** Measures losses of a model that is not trained. */
export class Scorer {
  readonly #program: Program<"score">;

  constructor(a: Architecture, weights: HostTensors, shape: BatchShape) {
    this.#program = compile(pickParameters(a, weights), {
      score: {
        inputs: batchSpecs(shape),
        run: (weights, inputs) => ({ outputs: { loss: batchNats(a, weights, inputs) } }),
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

export interface ScoredModel {
  architecture: Architecture;
  weights: HostTensors;
}

/**
 * The KL divergence of one model from another with the same vocabulary, along the first one's
 * responses.
 */
export class DivergenceScorer {
  readonly #program: Program<"score">;
  readonly #shape: RolloutShape;
  readonly #context: number;

  /** @param temperature that the responses were sampled at */
  constructor(model: ScoredModel, reference: ScoredModel, shape: RolloutShape, temperature: number) {
    const [a, b] = [model.architecture, reference.architecture];
    this.#shape = shape;
    this.#context = Math.min(a.contextLength, b.contextLength);
    const state = {
      ...pickParameters(a, model.weights),
      ...prefixed(referencePrefix, pickParameters(b, reference.weights)),
    };
    this.#program = compile(state, { score: divergenceStep(a, b, shape, temperature) });
  }

  /**
   * The divergence of the distributions that each response token was drawn from, nats.
   * @param rollouts at most shape.rows, each at most the contexts and one token long
   */
  score(rollouts: readonly Rollout[]): TokenValues {
    const inputs = rolloutInputs(this.#shape, rollouts);
    // Nothing is predicted from a response's last token, so its position may be any valid one.
    const { data, ...rest } = inputs["positions"]!;
    const positions = { ...rest, data: data.map((position) => Math.min(position, this.#context - 1)) };
    const outputs = this.#program.run("score", { ...inputs, positions });
    return perRollout(this.#shape, rollouts, outputs["divergences"]!.data as Float32Array);
  }

  dispose(): void {
    this.#program.dispose();
  }
}
