import { readTrainingState, writeTrainingState } from "../../formats/training-state.js";
import type { StepReport } from "../../lm/train/trainer.js";
import type { HostTensors } from "../../tensor/program.js";
import type { LoopState, StageContext } from "../stage.js";
import { LossWatch } from "./loss-watch.js";

/** What to train, and how long. */
export interface TrainingPlan {
  /** Optimizer steps in total. */
  steps: number;
  /**
   * Performs optimizer step number `step` (0-based): a function of the state and of this number.
   */
  update: (step: number) => StepReport;
  /** Weights and moments. */
  state: () => HostTensors;
  restore: (state: HostTensors) => void;
  heldOut: HeldOut | undefined;
  /** Steps between held-out losses; 0: only at the end. */
  evaluateEvery: number;
  /**
   * Loss of a model to which all tokens are equally likely, nats; undefined for another kind of
   * loss.
   */
  uniformLoss: number | undefined;
}

/** Text to measure the loss on. */
export interface HeldOut {
  batches: number;
  /** Sum of the losses of one batch, nats. */
  nats: (index: number) => number;
  /** Predictions that count. */
  tokens: number;
}

export interface TrainingMetrics {
  /** Smoothed over about the last 50 optimizer steps, nats per token; undefined without a step. */
  loss: number | undefined;
  /** Predictions trained on. */
  tokens: number;
  /** Sum over the held-out tokens, nats. */
  heldOutNats?: number;
}

/** Weight of the past in the smoothed loss. */
const memory = 0.98;

/**
 * The loop of pre-training and fine-tuning: resumes from the newest checkpoint, saves at intervals
 * and when the stage must stop, and leaves the weights after the last optimizer step. All that it
 * depends on is in the checkpoint or a function of the step.
 * @throws PawlError LOSS_NOT_FINITE, DIVERGED; `signal.reason` after saving, when the stage must
 *   stop
 */
export async function runTraining(plan: TrainingPlan, context: StageContext): Promise<TrainingMetrics> {
  const run = new Run(plan, context);
  await run.restore();
  return context.checkpointEvery(
    () => run.state(),
    async (betweenSteps) => {
      if (run.done < plan.steps) run.tellCompiling();
      while (run.done < plan.steps) {
        await betweenSteps();
        await run.step();
      }
      await context.yield();
      return run.finish();
    },
  );
}

class Run {
  /** Optimizer steps done. */
  done = 0;
  #tokens = 0;
  /** Sum of memory^age · loss; divided by the sum of memory^age it is the smoothed loss. */
  #lossSum = 0;
  #heldOutLoss: number | undefined;
  readonly #watch: LossWatch;
  /** When the first optimizer step of this attempt, which compiles, had ended, and its number. */
  #timedFrom: { at: number; done: number; tokens: number } | undefined;

  constructor(
    private readonly plan: TrainingPlan,
    private readonly context: StageContext,
  ) {
    this.#watch = new LossWatch(plan.uniformLoss);
  }

  async restore(): Promise<void> {
    const checkpoint = await this.context.checkpoints.latest();
    if (!checkpoint) return;
    const state = await readTrainingState(checkpoint.directory);
    this.plan.restore(state.tensors);
    this.done = state.step;
    this.#tokens = state.values["tokens"]!;
    this.#lossSum = state.values["lossSum"]!;
    this.#watch.restore(state.values);
    this.context.log(`resumed at step ${this.done} of ${this.plan.steps}`);
  }

  state(): LoopState {
    const step = this.done;
    const values = { tokens: this.#tokens, lossSum: this.#lossSum, ...this.#watch.values };
    const write = (directory: string) => writeTrainingState(directory, { step, tensors: this.plan.state(), values });
    return { step, write };
  }

  /** The first step takes long to compile, and the process reports nothing meanwhile. */
  tellCompiling(): void {
    this.context.progress({ ...this.#progress({}), phase: "compile" });
  }

  async step(): Promise<void> {
    const { evaluateEvery, heldOut } = this.plan;
    // Before the next optimizer step, so that a stage which is stopped meanwhile measures again
    // when it resumes.
    if (heldOut && evaluateEvery > 0 && this.done > 0 && this.done % evaluateEvery === 0)
      this.#recordHeldOut(heldOut, await this.#measure(heldOut));
    const report = this.plan.update(this.done);
    this.done++;
    this.#tokens += report.tokens;
    this.#lossSum = this.#lossSum * memory + report.loss;
    const { loss, learningRate, gradientNorm } = report;
    this.context.recordMetrics(this.done, { loss, learningRate, gradientNorm });
    this.#tell(report);
    this.#watch.add(loss);
  }

  #recordHeldOut(heldOut: HeldOut, nats: number): void {
    this.#heldOutLoss = nats / heldOut.tokens;
    this.context.recordMetrics(this.done, { heldOutLoss: this.#heldOutLoss });
  }

  async finish(): Promise<TrainingMetrics> {
    this.#watch.finish();
    const { heldOut } = this.plan;
    const metrics: TrainingMetrics = { loss: this.#smoothed(), tokens: this.#tokens };
    if (heldOut) {
      metrics.heldOutNats = await this.#measure(heldOut);
      this.#recordHeldOut(heldOut, metrics.heldOutNats);
    }
    return metrics;
  }

  async #measure(heldOut: HeldOut): Promise<number> {
    let nats = 0;
    for (let i = 0; i < heldOut.batches; i++) {
      nats += heldOut.nats(i);
      this.context.progress({ ...this.#progress({}), phase: "measure held-out loss" });
      await this.context.yield();
    }
    return nats;
  }

  #smoothed(): number | undefined {
    if (this.done === 0) return undefined;
    const weight = (1 - memory ** this.done) / (1 - memory);
    return this.#lossSum / weight;
  }

  #tell({ loss, learningRate, gradientNorm }: StepReport): void {
    this.#timedFrom ??= { at: performance.now(), done: this.done, tokens: this.#tokens };
    this.context.progress(this.#progress({ loss, learningRate, gradientNorm }));
  }

  #progress(metrics: Record<string, number>) {
    const smoothedLoss = this.#smoothed();
    const from = this.#timedFrom;
    const seconds = from ? (performance.now() - from.at) / 1000 : 0;
    const timed = from && this.done > from.done && seconds > 0;
    return {
      phase: "train",
      done: this.done,
      total: this.plan.steps,
      unit: "steps",
      metrics: {
        ...metrics,
        ...(smoothedLoss === undefined ? {} : { smoothedLoss }),
        ...(this.#heldOutLoss === undefined ? {} : { heldOutLoss: this.#heldOutLoss }),
        ...(timed ? { tokensPerSecond: Math.round((this.#tokens - from.tokens) / seconds) } : {}),
      },
      ...(timed ? { etaSeconds: ((this.plan.steps - this.done) * seconds) / (this.done - from.done) } : {}),
    };
  }
}
