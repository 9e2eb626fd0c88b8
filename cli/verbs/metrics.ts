import { Option } from "commander";
import { homeDirectory } from "../../store/home.js";
import { curveText } from "../../report/run/curve-text.js";
import { damagedText, readCurves } from "../../report/run/curves.js";
import { metricNames, csvPieces, readHistories, type StageMetrics } from "../../report/run/histories.js";
import type { PlannedStage } from "../../schemas/plan.js";
import { plot, plotDots } from "../render/plot.js";
import { refuseUnknownStage, stagesOfRun } from "../../api/reading/recorded-plan.js";
import { table } from "../render/table.js";
import { stageKeys } from "../../api/reading/stage-keys.js";
import type { Terminal } from "../terminal.js";
import { shortNumber } from "../../report/values.js";
import type { Verb } from "../verb.js";

/** Rows of a stage that the terminal shows. */
const maxShown = 24;

/**
 * `pawl metrics RUN [STAGE] [--csv | --plot | --json]`: the metrics of every step, from the store.
 */
export const metrics: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .argument("[stage]", "only this stage's metrics")
    .option("--csv", "print every row as comma-separated values")
    .addOption(new Option("--plot", "draw the curve of each metric").conflicts(["csv", "json"]))
    .action(async (runId: string, only: string | undefined, { csv, plot: draw }: { csv?: boolean; plot?: boolean }) => {
      const home = homeDirectory();
      const plan = await refuseUnknownStage(home, "metrics", runId, only);
      const stages = (await stagesOfRun(home, runId, plan)).filter(({ id }) => only === undefined || id === only);
      if (draw) return plotCurves(home, runId, stages, terminal);
      const ids = stages.map(({ id }) => id);
      const keys = await stageKeys(home, runId);
      if (csv && !terminal.json) {
        const damaged = (stage: string, lines: number): void => terminal.note(damagedText(stage, lines));
        for await (const piece of csvPieces(home, keys, ids, damaged)) terminal.out(piece.slice(0, -1));
        return;
      }
      const found = await readHistories(home, keys, ids);
      for (const { stage, damaged } of found) if (damaged > 0) terminal.note(damagedText(stage, damaged));
      if (terminal.json) for (const line of jsonLines(found)) terminal.out(line);
      else show(found, runId, terminal);
    });
};

/**
 * Draws every curve of some stages, one stage's history after the other, so that histories of any
 * length fit.
 */
async function plotCurves(
  home: string,
  runId: string,
  stages: readonly PlannedStage[],
  terminal: Terminal,
): Promise<void> {
  const keys = await stageKeys(home, runId);
  const columns = terminal.columns();
  let count = 0;
  for (const { id, uses } of stages) {
    const key = keys.get(id);
    if (key === undefined) continue;
    const { curves, damaged } = await readCurves(home, { id, uses }, key, undefined, plotDots(columns));
    if (damaged > 0) terminal.note(damagedText(id, damaged));
    for (const curve of curves) {
      const { metric, declared } = curve;
      const unit = declared === undefined || declared.unit === "1" ? "" : ` ${declared.unit}`;
      terminal.out(`${terminal.colors.cyan(id)} ${metric}${unit}  ${terminal.colors.dim(curveText(curve))}`);
      for (const line of plot(curve.points, columns)) terminal.out(line);
      count++;
    }
  }
  if (count === 0) tellNone(runId, terminal);
}

const tellNone = (runId: string, terminal: Terminal): void =>
  terminal.note(`no stage of this run has recorded metrics of its steps\n  next: pawl status ${runId}`);

function jsonLines(found: readonly StageMetrics[]): string[] {
  return found.flatMap(({ stage, rows }) =>
    rows.map(({ step, metrics }) => JSON.stringify({ stage, step, ...metrics })),
  );
}

function show(found: readonly StageMetrics[], runId: string, terminal: Terminal): void {
  if (found.length === 0) return tellNone(runId, terminal);
  for (const { stage, rows } of found) {
    const names = metricNames(rows);
    const sampled = spread(rows, maxShown);
    const cells = sampled.map(({ step, metrics }) => [
      String(step),
      ...names.map((name) => (metrics[name] === undefined ? "" : shortNumber(metrics[name]))),
    ]);
    const count = sampled.length < rows.length ? `${sampled.length} of ${rows.length} steps` : `${rows.length} steps`;
    terminal.out(`${terminal.colors.cyan(stage)}  ${terminal.colors.dim(count)}`);
    terminal.out(`${table(["step", ...names], cells, terminal.colors)}\n`);
  }
  terminal.out(`every step: pawl metrics ${runId} --csv`);
}

/** At most `most` rows, evenly spread, the first and the last among them. */
function spread<T>(rows: readonly T[], most: number): T[] {
  if (rows.length <= most) return [...rows];
  return Array.from({ length: most }, (_, i) => rows[Math.round((i * (rows.length - 1)) / (most - 1))]!);
}
