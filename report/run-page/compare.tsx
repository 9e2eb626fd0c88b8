import { DifferingMetrics, DifferingSamples, DifferingSettings, Swatch } from "../components/comparison.js";
import { Status } from "../components/sign.js";
import { Table } from "../components/table.js";
import { markOfRun } from "../marks.js";
import { buildComparison, type Comparison } from "../run/comparison.js";
import type { RunModel } from "../run/model.js";
import { shellWord } from "../shell-word.js";
import { duration } from "../values.js";
import { Curves, type Panel } from "./curves.js";
import { dateText, documentText, type Written } from "./document.js";

/**
 * How the second of two runs differs from the first one, as one HTML file: first what was set, then
 * what came of it.
 */
export function comparisonPage(runs: readonly [RunModel, RunModel], written: Written): string {
  const [before, after] = runs;
  const comparison = buildComparison(runs);
  const panels = curvePanels(runs);
  const names = [before.runId, after.runId];
  return documentText({
    ...{ written, title: `${names.join(" and ")}: comparison` },
    heading: <Heading runs={runs} comparison={comparison} nowMs={written.nowMs} />,
    sections: [
      { id: "settings", title: "Settings that differ", content: <DifferingSettings {...comparison} /> },
      { id: "metrics", title: "Metrics that differ", content: <DifferingMetrics {...comparison} runs={names} /> },
      panels.length > 0 && {
        ...{ id: "curves", title: "Curves" },
        content: <Curves panels={panels} rest={`pawl metrics ${shellWord(after.runId)} --plot`} runs={names} />,
      },
      comparison.samples.length > 0 && {
        ...{ id: "samples", title: "Samples that differ" },
        content: <DifferingSamples {...comparison} runs={names} />,
      },
    ],
  });
}

interface HeadingProps {
  runs: readonly [RunModel, RunModel];
  comparison: Comparison;
  nowMs: number;
}

function Heading({ runs, comparison: { differences }, nowMs }: HeadingProps) {
  const [before, after] = runs;
  const stages = differences.flatMap((difference) => difference.stages);
  const rows = runs.map(({ runId, plan, status, startedAtMs, endedAtMs }, run) => [
    <>
      <Swatch index={run} /> {runId}
    </>,
    plan.name,
    <Status mark={markOfRun(status)} />,
    dateText(startedAtMs),
    duration((endedAtMs ?? nowMs) - startedAtMs),
  ]);
  return (
    <>
      <h1>
        {after.runId} beside {before.runId}
      </h1>
      <Table label="The two runs" columns={["run", "pipeline", "status", "started", "time"]} rows={rows} />
      <p>
        {stages.filter(({ equal }) => equal).length} of {stages.length} stages have equal results. Each run alone:{" "}
        <code>pawl report RUN</code>
      </p>
    </>
  );
}

/** Curves of both runs by stage and metric, without those that are equal. */
function curvePanels(runs: readonly RunModel[]): Panel[] {
  const panels = new Map<string, { stage: string; metric: string; curves: Panel["curves"][number][] }>();
  runs.forEach(({ curves }, run) => {
    for (const curve of curves) {
      const { stage, metric } = curve;
      const key = JSON.stringify([stage, metric]);
      const panel = panels.get(key) ?? { stage, metric, curves: runs.map(() => undefined) };
      panel.curves[run] = curve;
      panels.set(key, panel);
    }
  });
  return [...panels.values()].filter(({ curves: [one, other] }) => !isEqual(one?.points, other?.points));
}

const isEqual = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
