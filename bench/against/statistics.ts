import { median, reaches } from "../harness.js";

/** One metric of both sides over the rounds. */
export interface Comparison {
  /** Medians over the rounds. */
  ours: number;
  theirs: number;
  /** ours / theirs: geometric mean of the rounds' ratios; null if a value is not above 0. */
  ratio: number | null;
  /** 95 % interval of the ratio; null with fewer than two rounds, or without a ratio. */
  interval: [low: number, high: number] | null;
  rounds: number;
}

/**
 * Compares paired values: what the machine does in a round affects both of its turns, so the ratio
 * is taken within each round. The interval is Student's for the mean of the logarithms ("Student"
 * 1908).
 * @param ours,theirs one value a round, in the same order; at least one
 */
export function comparePairs(ours: readonly number[], theirs: readonly number[]): Comparison {
  const medians = { ours: median(ours), theirs: median(theirs), rounds: ours.length };
  const logarithms = ours.map((value, i) => Math.log(value / theirs[i]!));
  if (![...ours, ...theirs].every((value) => value > 0)) return { ...medians, ratio: null, interval: null };
  const mean = average(logarithms);
  const ratio = Math.exp(mean);
  if (ours.length < 2) return { ...medians, ratio, interval: null };
  const degrees = logarithms.length - 1;
  const variance = logarithms.reduce((sum, value) => sum + (value - mean) ** 2, 0) / degrees;
  const half = studentQuantile(degrees) * Math.sqrt(variance / logarithms.length);
  return { ...medians, ratio, interval: [Math.exp(mean - half), Math.exp(mean + half)] };
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** 97.5 % quantiles of Student's distribution for 1 to 10 degrees of freedom. */
const quantiles = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281];

/**
 * Beyond the table: an expansion around the normal quantile z (Abramowitz & Stegun 1964, 26.7.5),
 * exact to 1e-4 there.
 */
export function studentQuantile(degrees: number): number {
  const z = 1.959964;
  const first = (z ** 3 + z) / (4 * degrees);
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2);
  const third = (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3);
  return quantiles[degrees - 1] ?? z + first + second + third;
}

/** What the interval shows about a metric. */
export function verdict(
  { interval }: Comparison,
  better: "lower" | "higher",
): "better" | "worse" | "no difference shown" {
  if (interval === null || (interval[0] <= 1 && interval[1] >= 1)) return "no difference shown";
  return interval[0] > 1 === (better === "higher") ? "better" : "worse";
}

/**
 * Whether the ratio is at least the bound, or at most where lower is better; null if it misses the
 * bound by no more than chance: the interval holds the bound, or there is none.
 */
export function holds({ ratio, interval }: Comparison, better: "lower" | "higher", bound: number): boolean | null {
  if (ratio !== null && reaches(ratio, bound, better)) return true;
  if (interval === null || reaches(interval[better === "lower" ? 0 : 1], bound, better)) return null;
  return false;
}
