import { duration, shortNumber } from "./values.js";

/** Minimum, median and maximum. */
export interface Expected {
  least: number;
  usual: number;
  most: number;
}

/** The expected duration of the stages that would run, from earlier runs. */
export interface ExpectedWork {
  /** Work in worker processes, ms: one worker takes so long, several take less. */
  ms: Expected;
  /** The duration of the critical path, ms: the minimum with any number of workers. */
  longestMs: number;
  /** Stages that would run and whose time is not known: they are not part of it. */
  unknown: number;
  /** Earlier runs of the pipeline in which at least one of the stages succeeded. */
  runs: number;
  cost?: Expected & { currency: string };
}

/**
 * `about 2m 10s of work (1m 50s to 2m 40s in 3 earlier runs), 1m 20s if all stages that can run
 * side by side do, 0.12 EUR (0.11 to 0.14); without 1 stage, whose time is not known`
 */
export function expectedText({ ms, longestMs, unknown, runs, cost }: ExpectedWork): string {
  const range = (of: Expected, text: (value: number) => string): string => `${text(of.least)} to ${text(of.most)}`;
  const before = runs === 1 ? "in 1 earlier run" : `${range(ms, duration)} in ${runs} earlier runs`;
  const prices = cost && (runs === 1 ? "" : ` (${range(cost, amountText)})`);
  const price = cost === undefined ? "" : `, ${amountText(cost.usual)} ${cost.currency}${prices}`;
  const together = duration(longestMs);
  const sideBySide = together === duration(ms.usual) ? "" : `, ${together} if all stages that can run side by side do`;
  const lacking =
    unknown === 0 ? "" : `; without ${unknown === 1 ? "1 stage" : `${unknown} stages`}, whose time is not known`;
  return `about ${duration(ms.usual)} of work (${before})${sideBySide}${price}${lacking}`;
}

/** An amount of money: `0.12`, `1,240`. */
export function amountText(amount: number): string {
  if (amount > 0 && amount < 0.005) return "under 0.01";
  return amount < 100 ? amount.toFixed(2) : shortNumber(Math.round(amount));
}
