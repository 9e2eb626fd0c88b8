import type { StageForecast } from "../forecast.js";
import type { Terminal } from "../terminal.js";
import { table } from "./table.js";

/**
 * Prints what would happen to each stage and why, and how many would run.
 * @param against the run that the plan is compared with
 */
export function showForecast(forecasts: readonly StageForecast[], terminal: Terminal, against?: string): void {
  if (terminal.json) return terminal.out(JSON.stringify(forecasts));
  const { colors } = terminal;
  const color = {
    ...{ kept: colors.green, reused: colors.green, cached: colors.green, "will run": colors.cyan },
    ...{ skipped: colors.dim, fails: colors.red },
  };
  const rows = forecasts.flatMap(({ stage, uses, verdict, reasons }) =>
    reasons.map((reason, index) =>
      index === 0 ? [stage, uses, color[verdict](verdict), reason] : ["", "", "", reason],
    ),
  );
  terminal.out(table(["stage", "uses", "", "why"], rows, colors));
  const count = (of: StageForecast["verdict"]): number => forecasts.filter(({ verdict }) => verdict === of).length;
  const reused = against === undefined ? "" : `, ${count("reused")} reuse results of ${against}`;
  terminal.out(`\n${count("will run")} of ${forecasts.length} stages would run${reused}`);
}
