import type { HostTensors } from "../../tensor/program.js";

/** Weight of the past: that of the smoothed loss. */
const memory = 0.98;

/**
 * Mean of a metric over about the last 50 optimizer steps. It is kept among a checkpoint's tensors,
 * and so of single precision: a checkpoint restores it exactly.
 */
export class Smoothed {
  #sum = 0;
  #weight = 0;

  /** @param name of its tensor */
  constructor(private readonly name: string) {}

  add(value: number): void {
    this.#sum = Math.fround(this.#sum * memory + value);
    this.#weight = Math.fround(this.#weight * memory + 1);
  }

  /** NaN without an optimizer step. */
  get mean(): number {
    return this.#sum / this.#weight;
  }

  state(): HostTensors {
    return { [this.name]: { dtype: "float32", shape: [2], data: Float32Array.of(this.#sum, this.#weight) } };
  }

  /** Removes its tensor from a checkpoint's. @returns the others */
  restore(state: HostTensors): HostTensors {
    const { [this.name]: own, ...others } = state;
    [this.#sum, this.#weight] = [own!.data[0]!, own!.data[1]!];
    return others;
  }
}
