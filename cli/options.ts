import { availableParallelism } from "node:os";
import path from "node:path";
import { InvalidArgumentError } from "commander";
import { maxNameLength } from "../api/acting/person.js";
import { installed } from "../platform/program/locations.js";
import { priorities } from "../schemas/run.js";
import { gpuCount } from "./machine/gpus.js";

/** A whole number from `least` to `most`, as an option's value. Throws InvalidArgumentError. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most && text.trim() !== "") return value;
    const bounds = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number ${bounds}.`);
  };
}

/** A number from `least` to `most`, as an option's value. Throws InvalidArgumentError. */
export function number(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isFinite(value) && value >= least && value <= most && text.trim() !== "") return value;
    const bounds = least === Number.MIN_VALUE ? `above 0, at most ${most}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`It must be a number ${bounds}.`);
  };
}

/**
 * A directory as an option's value, made absolute: a relative path begins at this command's
 * directory, not at the reader's.
 */
export function directory(text: string): string {
  return path.resolve(text);
}

/** Longest id of a workflow, bytes, that a Temporal server accepts. */
const maxIdLength = 1000;

/** A run's id as an option's value. Throws InvalidArgumentError. */
export function runId(text: string): string {
  const bytes = Buffer.byteLength(text);
  if (text.trim() !== "" && bytes <= maxIdLength) return text;
  throw new InvalidArgumentError(`It must have 1 to ${maxIdLength} bytes.`);
}

/** Collects the names of people. Throws InvalidArgumentError. */
export function personName(text: string, before: string[]): string[] {
  const name = text.trim();
  if (name === "" || name.length > maxNameLength)
    throw new InvalidArgumentError(`It must be a name of at most ${maxNameLength} characters.`);
  if (before.includes(name)) throw new InvalidArgumentError("It is given twice.");
  return collect(name, before);
}

/** The priority of a run, as an option's value. Throws InvalidArgumentError. */
export const priority = wholeNumber(priorities.first, priorities.last);

export const priorityHelp = `from ${priorities.first}, served first, to ${priorities.last}`;

/** Collects the values of an option that may be repeated. */
export function collect(text: string, before: string[]): string[] {
  return [...before, text];
}

/**
 * Default number of worker processes for CPU stages: one, since a training step uses every core; on
 * larger machines one for every 4 cores.
 */
export function usualProcesses(): number {
  return Math.max(1, Math.floor(availableParallelism() / 4));
}

/** One worker process for each GPU, if the TensorFlow that is installed computes on GPUs. */
export async function usualGpus(): Promise<number> {
  return installed()?.tensorflow?.build === "cuda" ? gpuCount() : 0;
}
