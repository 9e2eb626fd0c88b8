import type { PlannedWork } from "../../api/forecasting/expected-work.js";
import type { StageForecast } from "../../api/forecasting/forecast.js";
import { expectedText } from "../../report/expected-work.js";
import type { Terminal } from "../terminal.js";
import { table } from "./table.js";

/**
 * Prints what would happen to each stage and why, how many would run, and how long they took
 * before.
 * @param against the run that the plan is compared with
 */
export function showForecast(planned: PlannedWork, terminal: Terminal, against?: string): void {
  if (terminal.json) return terminal.out(JSON.stringify(planned));
  const { stages: forecasts, work } = planned;
  const { colors } = terminal;
  const color = {
    ...{ kept: colors.green, reused: colors.green, cached: colors.green, "will run": colors.cyan },
    ...{ skipped: colors.dim, fails: colors.red },
  };
  const levelRows = (level: readonly StageForecast[], indent: string): string[][] =>
    level.flatMap(({ stage, uses, verdict, reasons, stages = [] }) => [
      ...reasons.map((reason, index) =>
        index === 0 ? [indent + stage, uses, color[verdict](verdict), reason] : ["", "", "", reason],
      ),
      ...levelRows(stages, `${indent}  `),
    ]);
  terminal.out(table(["stage", "uses", "", "why"], levelRows(forecasts, ""), colors));
  const all = withoutParents(forecasts);
  const count = (of: StageForecast["verdict"]): number => all.filter(({ verdict }) => verdict === of).length;
  const reused = against === undefined ? "" : `, ${count("reused")} reuse results of ${against}`;
  terminal.out(`\n${count("will run")} of ${all.length} stages would run${reused}`);
  if (work !== undefined) terminal.out(expectedText(work));
}

/** The stages, and those of the pipelines that they run instead of these. */
function withoutParents(forecasts: readonly StageForecast[]): StageForecast[] {
  return forecasts.flatMap((one) => (one.stages === undefined ? [one] : withoutParents(one.stages)));
}
