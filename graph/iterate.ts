import { PawlError } from "../platform/errors.js";
import { yieldProcess } from "../platform/processes/yield-process.js";
import type { Adjacency } from "./graph.js";

/** The conditions that end an iteration. */
export interface IterationOptions {
  /**
   * It ends when the values change by less than this share of themselves, both as sums of absolute
   * values. Default 1e-12.
   */
  tolerance?: number;
  /** It fails after this number of steps. Default 1000. */
  iterations?: number;
  /** Called after each step with its change, as a share. */
  onIteration?: (iteration: number, residual: number) => void;
  signal?: AbortSignal;
}

/** Milliseconds after which an iteration lets the process do other work. */
const turn = 50;

/**
 * Repeats a step until the values converge.
 * @param step computes the next values from the current ones
 * @throws PawlError NOT_CONVERGED, with the residual; the signal's reason
 */
export async function iterate(
  name: string,
  start: Float64Array,
  step: (values: Float64Array, next: Float64Array) => void,
  { tolerance = 1e-12, iterations = 1000, onIteration, signal }: IterationOptions = {},
): Promise<Float64Array> {
  let values = start;
  let next: Float64Array = new Float64Array(start.length);
  let residual = 0;
  let since = performance.now();
  for (let iteration = 1; iteration <= iterations && Number.isFinite(residual); iteration++) {
    step(values, next);
    residual = change(values, next);
    [values, next] = [next, values];
    onIteration?.(iteration, residual);
    if (residual < tolerance) return values;
    if (performance.now() - since < turn) continue;
    await yieldProcess(signal);
    since = performance.now();
  }
  throw new PawlError("NOT_CONVERGED", `${name} does not converge`, {
    where: name,
    expected: `a change below ${tolerance} of the values within ${iterations} iterations`,
    got: Number.isFinite(residual) ? `a change of ${residual.toExponential(2)}` : "values that are not finite",
    next: "allow more iterations or a larger tolerance, or remove this feature",
  });
}

/** Σ |next - values| / Σ |next|, or without the division if that is 0. */
function change(values: Float64Array, next: Float64Array): number {
  let difference = 0;
  let total = 0;
  for (let v = 0; v < next.length; v++) {
    difference += Math.abs(next[v]! - values[v]!);
    total += Math.abs(next[v]!);
  }
  return difference / (total || 1);
}

/**
 * `next[v]` = Σ of `values` over v's neighbors, times the entries' weights if `weighted` and they
 * exist.
 */
export function multiply(adjacency: Adjacency, weighted: boolean, values: Float64Array, next: Float64Array): void {
  const { offsets, targets, weights } = adjacency;
  let i = 0;
  for (let v = 0; v < next.length; v++) {
    const last = offsets[v + 1]!;
    // Four sums that do not wait for each other.
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    if (weighted && weights) for (; i < last; i++) a += weights[i]! * values[targets[i]!]!;
    for (; i + 3 < last; i += 4) {
      a += values[targets[i]!]!;
      b += values[targets[i + 1]!]!;
      c += values[targets[i + 2]!]!;
      d += values[targets[i + 3]!]!;
    }
    for (; i < last; i++) a += values[targets[i]!]!;
    next[v] = a + b + (c + d);
  }
}

/** Divides by the sum, or by the Euclidean norm; all zeros stay so. */
export function normalize(values: Float64Array, by: "sum" | "norm"): Float64Array {
  let total = 0;
  for (let v = 0; v < values.length; v++) total += by === "sum" ? values[v]! : values[v]! * values[v]!;
  const divisor = by === "sum" ? total : Math.sqrt(total);
  if (divisor !== 0) for (let v = 0; v < values.length; v++) values[v]! /= divisor;
  return values;
}
