import { join } from "node:path";
import type { ExtensionMetrics } from "../../formats/evaluation.js";
import { readJson, writeJson } from "../../formats/json-file.js";
import { readTrainingState, writeTrainingState } from "../../formats/training-state.js";
import type { StageWith } from "../../schemas/stages/index.js";
import type { Checkpoints } from "../../schemas/stage-run.js";
import { held } from "../../tensor/host-tensor.js";
import type { HostTensors } from "../../tensor/program.js";
import { withLoopHelpers } from "../checkpointed-loop.js";
import type { StageContext } from "../stage.js";
import type { TrainedContext } from "./train.js";
import type { Progress } from "../../schemas/stage-result.js";

type Steps = StageWith<"extend-context">["steps"];

const reportsFile = "contexts.json";

/**
 * The progress of the stage: trainings one after another, each measured after it. A checkpoint
 * belongs to a training, or holds the weights after one, together with the reports of the finished
 * trainings. Checkpoint numbers continue from one training to the next; the number between two
 * trainings is that of the weights after the first.
 */
export class SubSteps {
  private constructor(
    private readonly steps: Steps,
    private readonly context: StageContext,
    /** Weights to continue from; an interrupted training restores its own from its checkpoint. */
    public weights: HostTensors,
    /** Reports of the finished trainings. */
    readonly reports: ExtensionMetrics[],
    /** The last report has no measurements yet. */
    private unmeasured: boolean,
  ) {}

  /** From the newest checkpoint, or from the beginning. */
  static async restore(steps: Steps, weights: HostTensors, context: StageContext): Promise<SubSteps> {
    const newest = await context.checkpoints.latest();
    if (!newest) return new SubSteps(steps, context, weights, [], false);
    const { contexts } = (await readJson(join(newest.directory, reportsFile))) as unknown as {
      contexts: ExtensionMetrics[];
    };
    const between = newest.step === numberBefore(steps, contexts.length);
    // Keeps the weights in memory, because the checkpoint is removed once there are newer ones.
    const state = between ? held((await readTrainingState(newest.directory)).tensors) : weights;
    return new SubSteps(steps, context, state, contexts, between);
  }

  /** The training that is to be measured. */
  get toMeasure(): { index: number; report: ExtensionMetrics; weights: HostTensors } | undefined {
    if (!this.unmeasured) return undefined;
    return { index: this.reports.length - 1, report: this.reports.at(-1)!, weights: this.weights };
  }

  measured(report: ExtensionMetrics): void {
    this.reports[this.reports.length - 1] = report;
    this.unmeasured = false;
  }

  /** Index of the next training; undefined after the last. */
  get next(): number | undefined {
    return this.reports.length < this.steps.length ? this.reports.length : undefined;
  }

  /** Saves the result of a training. */
  async trained({ weights, report }: TrainedContext): Promise<void> {
    this.weights = weights;
    this.reports.push(report);
    this.unmeasured = true;
    await this.context.checkpoints.save(numberBefore(this.steps, this.reports.length), async (directory) => {
      await writeTrainingState(directory, { step: 0, tensors: weights, values: {} });
      await this.#writeReports(directory);
    });
  }

  /**
   * The stage's surroundings as one training sees them: its own checkpoints, and its context beside
   * its progress.
   */
  subContext(index: number): StageContext {
    const { checkpoints } = this.context;
    const before = numberBefore(this.steps, index);
    const own: Checkpoints = {
      save: (step, write) =>
        checkpoints.save(before + step, async (directory) => {
          await write(directory);
          await this.#writeReports(directory);
        }),
      latest: async () => {
        const newest = await checkpoints.latest();
        return newest && newest.step > before ? { ...newest, step: newest.step - before } : undefined;
      },
      clear: () => checkpoints.clear(),
    };
    const of = `context ${this.steps[index]!.contextLength}, ${index + 1} of ${this.steps.length}`;
    const tell = (progress: Progress): void =>
      this.context.progress({ ...progress, phase: `${progress.phase} (${of})` });
    const stepsBefore = this.steps.slice(0, index).reduce((sum, { steps }) => sum + steps, 0);
    const recordMetrics: StageContext["recordMetrics"] = (step, metrics) =>
      this.context.recordMetrics(stepsBefore + step, metrics);
    return withLoopHelpers({ ...this.context, checkpoints: own, progress: tell, recordMetrics });
  }

  #writeReports(directory: string): Promise<void> {
    return writeJson(join(directory, reportsFile), { contexts: this.reports });
  }
}

/** Number of the checkpoint with which training `index` begins. */
function numberBefore(steps: Steps, index: number): number {
  return steps.slice(0, index).reduce((sum, step) => sum + step.steps + 1, 0);
}
