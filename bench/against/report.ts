import Table from "cli-table3";
import { holdsText, shown, writeResult } from "../harness.js";
import type { Arguments } from "./arguments.js";
import { pairMetrics, type Series } from "./metrics.js";
import { percent, tolerated } from "./machine.js";
import { sideNames, type Round } from "./rounds.js";
import type { Side } from "./side.js";
import { comparePairs, holds, verdict, type Comparison } from "./statistics.js";

/**
 * Prints medians, ratio and verdict of every metric, and whether it meets the bench's bound
 * relative to this commit; writes them with all rounds to bench/results/against-NAME.json. Sets a
 * non-zero exit code if a bound does not hold.
 * @param rounds at least one
 */
export function reportRounds(
  { name, options }: Arguments,
  sides: Record<keyof Round, Side>,
  rounds: readonly Round[],
): void {
  const { series, unpaired } = pairMetrics(rounds);
  const compared = series.map((one) => compare(one, sides.theirs.commit));
  const table = new Table({
    head: [
      "metric",
      `ours: ${sides.ours.label}`,
      `theirs: ${sides.theirs.label}`,
      "ours / theirs (95 %)",
      "n",
      "",
      "at least",
      "holds",
    ],
    style: { head: [], border: [] },
  });
  for (const { what, unit, verdict, ...one } of compared)
    table.push([
      what,
      `${shown(one.ours)} ${unit}`,
      `${shown(one.theirs)} ${unit}`,
      ratioText(one),
      String(one.rounds),
      verdict,
      ...boundTexts(one),
    ]);
  process.stdout.write(`${table.toString()}\n`);
  if (unpaired.length > 0) process.stdout.write(`only one side has: ${unpaired.join("; ")}\n`);
  const others = rounds.flatMap((round) => sideNames.map((side) => round[side].others ?? 0));
  const most = Math.max(...others);
  if (most > tolerated)
    process.stdout.write(`other programs used up to ${percent(most)} of the processors in a turn\n`);
  const labels = { ours: sides.ours.label, theirs: sides.theirs.label };
  writeResult(`against-${name}`, { versions: labels, options, othersShare: others, rows: compared });
  if (compared.some((one) => one.holds === false)) process.exitCode = 1;
}

/**
 * The medians are `ours` and `theirs`, with the rounds' values beside them; a bound relative to
 * another commit is left out.
 */
function compare({ ours, theirs, atLeast, ...metric }: Series, commit: string) {
  const comparison = comparePairs(ours, theirs);
  return {
    ...metric,
    ...comparison,
    verdict: verdict(comparison, metric.better),
    ...(atLeast &&
      commit.startsWith(atLeast.commit) && {
        atLeast: atLeast.times,
        holds: holds(comparison, metric.better, atLeast.times),
      }),
    values: { ours, theirs },
  };
}

function boundTexts({ better, atLeast, holds = null }: Partial<ReturnType<typeof compare>>): [string, string] {
  if (atLeast === undefined) return ["", ""];
  return [`${better === "lower" ? "≤" : "≥"} ${atLeast}×`, holdsText(holds)];
}

function ratioText({ ratio, interval }: Pick<Comparison, "ratio" | "interval">): string {
  if (ratio === null) return "–";
  return `${shown(ratio)}×${interval ? ` (${shown(interval[0])} to ${shown(interval[1])})` : ""}`;
}
