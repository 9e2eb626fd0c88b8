import { PawlError } from "../../platform/errors.js";
import type { CommitBound, Row } from "../harness.js";
import { sideNames, type Round } from "./rounds.js";

/** One number that a turn gives. `what` names it: both sides' metrics of that name are compared. */
export interface Metric {
  what: string;
  unit: string;
  better: "lower" | "higher";
  value: number;
  /** The bound of the bench relative to a commit. */
  atLeast?: CommitBound;
}

/** What every version of this repository since commit 117143e writes to bench/results/NAME.json. */
interface Result {
  rows: (Pick<Row, "what" | "unit" | "better" | "ours"> & Partial<Pick<Row, "atLeast">>)[];
}

/** Parts of metrics' names that older commits write, and what they are called now. */
const renamed: readonly (readonly [before: string, now: string])[] = [
  ["GRPO, held-out sums", "GRPO, held-out addition"],
];

const nameNow = (what: string): string => renamed.reduce((name, [before, now]) => name.replace(before, now), what);

/** @throws PawlError DATA_INVALID for a file of another form */
export function metricsOfResult(text: string, where: string): Metric[] {
  const { rows } = JSON.parse(text) as Partial<Result>;
  if (!Array.isArray(rows))
    throw new PawlError("DATA_INVALID", "the bench wrote a result that cannot be compared", {
      where,
      expected: "rows, each with what, unit, better and ours",
      got: text.slice(0, 80),
    });
  return rows.map(({ what, unit, better, ours, atLeast }) => ({
    what: nameNow(what),
    unit,
    better,
    value: ours,
    ...(typeof atLeast === "object" && atLeast !== null && { atLeast }),
  }));
}

/**
 * Counts of the closing line of a test run, the last if it is printed again; undefined if the run
 * never printed it.
 */
export function metricsOfTests(output: string): Metric[] | undefined {
  const closing = [...output.matchAll(/^(\d+) passed, (\d+) failed, (\d+) skipped$/gm)].at(-1);
  if (closing === undefined) return undefined;
  const count = (what: string, better: Metric["better"], value: string | undefined): Metric => ({
    what: `tests ${what}`,
    unit: "tests",
    better,
    value: Number(value),
  });
  return [
    count("passed", "higher", closing[1]),
    count("failed", "lower", closing[2]),
    count("skipped", "lower", closing[3]),
  ];
}

/** A metric over all rounds, a value a round for each side. */
export interface Series extends Omit<Metric, "value"> {
  ours: number[];
  theirs: number[];
}

/**
 * Metrics by their names, with the bounds of our side's bench; those that one side lacks in a round
 * are listed apart.
 */
export function pairMetrics(rounds: readonly Round[]): { series: Series[]; unpaired: string[] } {
  const series = new Map<string, Series>();
  const unpaired = new Set<string>();
  for (const round of rounds)
    for (const metric of [...round.ours.metrics, ...round.theirs.metrics]) {
      const values = sideNames.map((side) => round[side].metrics.find(({ what }) => what === metric.what)?.value);
      if (values.includes(undefined)) unpaired.add(metric.what);
      else if (!series.has(metric.what)) series.set(metric.what, seriesOf(metric, rounds));
    }
  return { series: [...series.values()].filter(({ what }) => !unpaired.has(what)), unpaired: [...unpaired] };
}

function seriesOf({ what, unit, better, atLeast }: Metric, rounds: readonly Round[]): Series {
  const values = (side: keyof Round) =>
    rounds.map((round) => round[side].metrics.find((f) => f.what === what)?.value ?? NaN);
  return { what, unit, better, ...(atLeast && { atLeast }), ours: values("ours"), theirs: values("theirs") };
}
