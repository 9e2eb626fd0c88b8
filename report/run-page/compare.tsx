import { Status } from "../components/sign.js";
import { markOfRun } from "../marks.js";
import { comparedMeasurements, differenceOf } from "../run/compared-measurements.js";
import { asCompared, compareRuns, type RunDifference } from "../run/compare-runs.js";
import type { RunModel } from "../run/model.js";
import { shellWord } from "../shell-word.js";
import { duration } from "../values.js";
import { Curves, type Panel } from "./curves.js";
import { dateText, documentText, type Written } from "./document.js";
import { measurementLine } from "./measurement-text.js";
import { SampleText } from "./samples.js";
import { Table, type Cell } from "./table.js";

/** How the second of two runs differs from the first one, as one HTML file: first what was set, then what came of it. */
export function comparisonPage(runs: readonly [RunModel, RunModel], written: Written): string {
  const [before, after] = runs;
  const difference = compareRuns(asCompared(before), asCompared(after));
  const panels = panelsOf(runs);
  const names = [before.runId, after.runId];
  const samples = samplesOf(difference);
  return documentText({
    ...{ ...written, title: `${names.join(" and ")}: comparison` },
    heading: <Heading runs={runs} difference={difference} nowMs={written.nowMs} />,
    sections: [
      { id: "settings", title: "Settings", content: <Settings difference={difference} /> },
      { id: "metrics", title: "Metrics", content: <Metrics runs={runs} /> },
      panels.length > 0 && {
        ...{ id: "curves", title: "Curves" },
        content: <Curves panels={panels} rest={`pawl metrics ${shellWord(after.runId)} --plot`} runs={names} />,
      },
      samples.length > 0 && {
        ...{ id: "samples", title: "Samples" },
        content: (
          <>
            <h2 id="samples">Samples that differ</h2>
            <Table
              caption="What both runs wrote for the same prompt"
              columns={["stage and prompt", ...names]}
              rows={samples}
            />
          </>
        ),
      },
    ],
  });
}

interface HeadingProps {
  runs: readonly [RunModel, RunModel];
  difference: RunDifference;
  nowMs: number;
}

function Heading({ runs, difference: { stages }, nowMs }: HeadingProps) {
  const [before, after] = runs;
  return (
    <>
      <h1>
        {after.runId} beside {before.runId}
      </h1>
      <Table
        caption="The two runs"
        columns={["run", "pipeline", "status", "started", "time"]}
        rows={runs.map(({ runId, plan, status, startedAtMs, endedAtMs }, run) => [
          <>
            <span class={`key line-${run}`}></span> {runId}
          </>,
          plan.name,
          <Status mark={markOfRun(status)} />,
          dateText(startedAtMs),
          duration((endedAtMs ?? nowMs) - startedAtMs),
        ])}
      />
      <p>
        {stages.filter(({ equal }) => equal).length} of {stages.length} stages have equal results. Each run alone:{" "}
        <code>pawl report RUN</code>
      </p>
    </>
  );
}

function Settings({ difference: { changes, stages } }: { difference: RunDifference }) {
  const rows = [
    ...changes.map((change) => ["the run", change]),
    ...stages.flatMap(({ stage, changes: own, status: [was, is] }) => [
      ...own.map((change) => [stage, change]),
      ...(was === is ? [] : [[stage, `status is now ${is ?? "absent"}, was ${was ?? "absent"}`]]),
    ]),
  ];
  return (
    <>
      <h2 id="settings">Settings that differ</h2>
      {rows.length === 0 ? (
        <p>None.</p>
      ) : (
        <Table caption="Settings, inputs and versions that differ" columns={["stage", "change"]} rows={rows} />
      )}
    </>
  );
}

function Metrics({ runs: [before, after] }: { runs: readonly [RunModel, RunModel] }) {
  const compared = comparedMeasurements([before, after].map(({ stages }) => stages.map(({ state }) => state)));
  const rows = compared.flatMap(({ stage, name, values: [was, is] }) =>
    was && is ? [[`${stage} ${name}`, measurementLine(was), measurementLine(is), differenceOf(was, is)]] : [],
  );
  return (
    <>
      <h2 id="metrics">Metrics that differ</h2>
      {rows.length === 0 ? (
        <p>None.</p>
      ) : (
        <Table
          caption="Metrics that differ, with 95 % intervals"
          columns={["metric", before.runId, after.runId, "difference"]}
          numeric={[1, 2, 3]}
          rows={rows}
        />
      )}
    </>
  );
}

/** Curves of both runs by stage and metric, without those that are equal. */
function panelsOf(runs: readonly RunModel[]): Panel[] {
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

const samplesOf = ({ stages }: RunDifference): Cell[][] =>
  stages.flatMap(({ stage, samples }) =>
    samples.map(({ prompt, texts }) =>
      [`${stage}: ${prompt}`, ...texts].map((text) => <SampleText text={text ?? ""} />),
    ),
  );
