import { availableParallelism } from "node:os";
import { InvalidArgumentError } from "commander";
import { gpuCount } from "./machine/gpus.js";

/** A whole number of at least `least`, as an option's value. Throws InvalidArgumentError. */
export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && text.trim() !== "") return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

/** Gathers the values of an option that may be repeated. */
export function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

/** CPU slots when none are asked for: one, since a training step uses every core; on large machines one for 8 cores. */
export function usualSlots(): number {
  return Math.max(1, Math.floor(availableParallelism() / 8));
}

/** One GPU slot for each GPU. */
export function usualGpus(): Promise<number> {
  return gpuCount();
}
