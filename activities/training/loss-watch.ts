import { PawlError } from "../../platform/errors.js";

/** Optimizer steps whose losses are the start. */
const startUpdates = 10;
/**
 * Shorter trainings are not judged by their start: single batches differ by more than such a
 * training changes.
 */
const fewestUpdates = 2 * startUpdates;
/** Weight of the past in the mean of the present losses: about the last 20 optimizer steps. */
const memory = 0.9;

/**
 * Watches whether a training diverges without its loss ever being infinite: such a training fails,
 * whatever its final metrics. Its start is the mean of the first ten losses, or the very first one
 * if these have already risen to more than twice that. A training has diverged when the mean of its
 * present losses
 * - is above 10 times its start (and above 10 nats), at any time;
 * - at the end is above its start by more than 5 %, 0.1 nats, and three standard deviations of the
 *   first ten losses (at most three quarters of the start), so that unlike batches do not count as
 *   divergence;
 * - at the end is above three times the loss of a model to which all tokens are equally likely,
 *   whatever its start.
 */
export class LossWatch {
  #updates = 0;
  #first = 0;
  #startSum = 0;
  #startSquares = 0;
  #recentSum = 0;

  /**
   * @param uniformLoss of a model to which all tokens are equally likely, nats; undefined: unknown
   */
  constructor(private readonly uniformLoss: number | undefined) {}

  /** What a checkpoint keeps. */
  get values(): Record<string, number> {
    return {
      watchedUpdates: this.#updates,
      firstLoss: this.#first,
      startSum: this.#startSum,
      startSquares: this.#startSquares,
      recentSum: this.#recentSum,
    };
  }

  /** Resumes from a checkpoint's values. Without them, the losses after resuming are the start. */
  restore(values: Readonly<Record<string, number>>): void {
    this.#updates = values["watchedUpdates"] ?? 0;
    this.#first = values["firstLoss"] ?? 0;
    this.#startSum = values["startSum"] ?? 0;
    this.#startSquares = values["startSquares"] ?? 0;
    this.#recentSum = values["recentSum"] ?? 0;
  }

  /** @throws PawlError DIVERGED */
  add(loss: number): void {
    if (this.#updates === 0) this.#first = loss;
    if (this.#updates < startUpdates) {
      this.#startSum += loss;
      this.#startSquares += loss * loss;
    }
    this.#updates++;
    this.#recentSum = this.#recentSum * memory + loss;
    if (this.#updates > startUpdates && this.#recent > 10 * Math.max(1, this.#start)) throw this.#diverged(this.#start);
  }

  /** At the end of the training. @throws PawlError DIVERGED */
  finish(): void {
    if (this.#updates === 0) return;
    if (this.uniformLoss !== undefined && this.#recent > 3 * this.uniformLoss) throw this.#diverged(this.uniformLoss);
    if (this.#updates < fewestUpdates) return;
    const start = this.#start;
    const mean = this.#startSum / startUpdates;
    const deviation = Math.sqrt(Math.max(0, this.#startSquares / startUpdates - mean * mean));
    if (this.#recent > start + Math.max(0.05 * start, 0.1, Math.min(3 * deviation, 0.75 * start)))
      throw this.#diverged(start);
  }

  get #start(): number {
    const mean = this.#startSum / Math.min(this.#updates, startUpdates);
    return mean > 2 * this.#first ? this.#first : mean;
  }

  get #recent(): number {
    return (this.#recentSum * (1 - memory)) / (1 - memory ** this.#updates);
  }

  #diverged(expected: number): PawlError {
    return new PawlError("DIVERGED", "the training diverges: its loss rises or stays far above its start", {
      where: `step ${this.#updates}`,
      expected: `a loss below ${expected.toPrecision(4)}`,
      got: `${this.#recent.toPrecision(4)} over the last steps, ${this.#start.toPrecision(4)} at the start`,
      next: "lower learningRate, or raise warmupSteps; pawl metrics RUN STAGE shows the curve",
    });
  }
}
