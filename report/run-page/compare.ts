import { markup, htmlTable, type Html } from "../html.js";
import { comparedMeasurements, differenceOf } from "../run/compared-measurements.js";
import { asCompared, compareRuns, type RunDifference } from "../run/compare-runs.js";
import type { RunModel } from "../run/model.js";
import { shellWord } from "../shell-word.js";
import { duration } from "../values.js";
import { curvesSection, type Panel } from "./curves.js";
import { measurementLine } from "./measurements.js";
import { dateText, footerText, type Written } from "./index.js";
import { markOfRun } from "../marks.js";
import { statusHtml } from "./marks.js";
import { page, type Section } from "./page.js";
import { sampleText } from "./samples.js";

/** How the second of two runs differs from the first one, as one HTML file: first what was set, then what came of it. */
export function comparisonPage(runs: readonly [RunModel, RunModel], written: Written): string {
  const [before, after] = runs;
  const difference = compareRuns(asCompared(before), asCompared(after));
  const panels = panelsOf(runs);
  const names = runs.map(({ runId }) => runId);
  const section = (id: string, title: string, content: Html | undefined): Section[] =>
    content === undefined ? [] : [{ id, title, content }];
  const sections = [
    ...section("settings", "Settings", settingsSection(difference)),
    ...section("metrics", "Metrics", metricsSection(runs)),
    ...section("curves", "Curves", panels.length > 0 ? curvesOf(panels, names) : undefined),
    ...section("samples", "Samples", samplesSection(difference)),
  ];
  return page(
    `${names.join(" and ")}: comparison`,
    heading(runs, difference, written.nowMs),
    sections,
    footerText(written),
  );
}

function heading(runs: readonly RunModel[], { stages }: RunDifference, nowMs: number): Html {
  const rows = runs.map(({ runId, plan, status, startedAtMs, endedAtMs }, run) => [
    markup`<span class="key key-${run}"></span> ${runId}`,
    plan.name,
    statusHtml(markOfRun(status)),
    dateText(startedAtMs),
    duration((endedAtMs ?? nowMs) - startedAtMs),
  ]);
  const columns = ["run", "pipeline", "status", "started", "time"].map((title) => ({ title }));
  const equal = stages.filter((stage) => stage.equal).length;
  return markup`<h1>${runs[1]!.runId} beside ${runs[0]!.runId}</h1>${htmlTable("The two runs", columns, rows)}
<p>${equal} of ${stages.length} stages have equal results. Each run alone: <code>pawl report RUN</code></p>`;
}

function settingsSection({ changes, stages }: RunDifference): Html {
  const rows = [
    ...changes.map((change) => ["the run", change]),
    ...stages.flatMap(({ stage, changes: own, status: [was, is] }) => [
      ...own.map((change) => [stage, change]),
      ...(was === is ? [] : [[stage, `status is now ${is ?? "absent"}, was ${was ?? "absent"}`]]),
    ]),
  ];
  const table = htmlTable("Settings, inputs and versions that differ", [{ title: "stage" }, { title: "change" }], rows);
  return markup`<h2 id="settings">Settings that differ</h2>${rows.length > 0 ? table : markup`<p>None.</p>`}`;
}

function metricsSection([before, after]: readonly [RunModel, RunModel]): Html {
  const compared = comparedMeasurements([before, after].map(({ stages }) => stages.map(({ state }) => state)));
  const rows = compared.flatMap(({ stage, name, values: [was, is] }) =>
    was && is ? [[`${stage} ${name}`, measurementLine(was), measurementLine(is), differenceOf(was, is)]] : [],
  );
  const columns = [
    { title: "metric" },
    ...[before.runId, after.runId, "difference"].map((title) => ({ title, numeric: true })),
  ];
  const table = htmlTable("Metrics that differ, with 95 % intervals", columns, rows);
  return markup`<h2 id="metrics">Metrics that differ</h2>${rows.length > 0 ? table : markup`<p>None.</p>`}`;
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

function curvesOf(panels: readonly Panel[], names: readonly string[]): Html {
  const keys = names.map((name, run) => markup`<span class="key key-${run}"></span> ${name} `);
  return curvesSection(
    panels,
    `pawl metrics ${shellWord(names[1]!)} --plot`,
    markup`<p>${keys} · equal curves are left out</p>`,
  );
}

function samplesSection({ runs, stages }: RunDifference): Html | undefined {
  const rows = stages.flatMap(({ stage, samples }) =>
    samples.map(({ prompt, texts }) => [
      sampleText(`${stage}: ${prompt}`),
      ...texts.map((text) => sampleText(text ?? "")),
    ]),
  );
  if (rows.length === 0) return undefined;
  const columns = ["stage and prompt", ...runs].map((title) => ({ title }));
  return markup`<h2 id="samples">Samples that differ</h2>${htmlTable("What both runs wrote for the same prompt", columns, rows)}`;
}
