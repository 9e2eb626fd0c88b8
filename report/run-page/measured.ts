import { needleHeatMap } from "../../formats/evaluation.js";
import type { Charts } from "../graph-page/charts.js";
import { short } from "../graph-page/charts.js";
import { Html, markup, htmlTable } from "../html.js";
import type { Contamination, EvaluatedStage } from "../run/evaluations.js";
import type { FeatureTable } from "../run/feature-tables.js";
import { measurementsOf, type Measurement } from "../run/measurements.js";
import type { StageInRun } from "../run/model.js";
import { signHtml } from "./marks.js";
import { measurementLine } from "./measurements.js";

/** Measurements of an evaluation without intervals in its row; all are below. */
const maxInRow = 2;

/** The evaluations as a table, with all measurements of each below it, and heat maps of needles. */
export function evaluationSection(evaluations: readonly EvaluatedStage[]): Html {
  const columns = [
    { title: "stage" },
    { title: "result (95 % interval)" },
    { title: "measured on" },
    { title: "in the training data" },
  ];
  const rows = evaluations.map((evaluated) => [
    evaluated.stage,
    named(firstMeasurements(evaluated.measurements)),
    [evaluated.count, evaluated.decidedBy && `decided by ${evaluated.decidedBy}`].filter(Boolean).join("; ") || "–",
    contaminationHtml(evaluated.contamination),
  ]);
  return markup`<h2 id="evaluation">Evaluation</h2>
    ${htmlTable("What each evaluation measured", columns, rows)}${allMeasurements(evaluations)}${evaluations.map(needles)}`;
}

const named = (measurements: readonly Measurement[]): Html =>
  markup`${measurements.map((measurement, i) => markup`${i > 0 ? markup`<br />` : ""}${measurement.name} <b>${measurementLine(measurement)}</b>`)}`;

const isBounded = ({ low, error }: Measurement): boolean => low !== undefined || error !== undefined;

/** Those with an interval; of others, the first ones. */
function firstMeasurements(measurements: readonly Measurement[]): readonly Measurement[] {
  const bounded = measurements.filter(isBounded);
  return bounded.length > 0 ? bounded : measurements.slice(0, maxInRow);
}

function contaminationHtml(found: Contamination | undefined): Html | string {
  if (found === undefined) return "not measured";
  const { rows, grams, remarks } = found;
  const share = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const shares =
    rows === undefined || grams === undefined ? "unknown" : `${share(rows)} of rows, ${share(grams)} of 13-grams`;
  return markup`${shares}${remarks.map((remark) => markup`<br /><span class="is-warn">${signHtml("triangle")} ${remark}</span>`)}`;
}

function allMeasurements(evaluations: readonly EvaluatedStage[]): Html {
  const rows = evaluations.flatMap(({ stage, measurements }) =>
    measurements.map((measurement) => [
      `${stage} ${measurement.name}`,
      measurementLine(measurement),
      measurement.description,
    ]),
  );
  const columns = [{ title: "metric" }, { title: "value", numeric: true }, { title: "meaning" }];
  return markup`<details><summary>All ${rows.length} metrics</summary>${htmlTable("All metrics of the evaluations", columns, rows)}</details>`;
}

function needles({ stage, needle }: EvaluatedStage): Html | undefined {
  if (needle === undefined) return undefined;
  const { lengths, byLength } = needle;
  const columns = [{ title: "tokens" }, { title: "found", numeric: true }, { title: "by guessing", numeric: true }];
  const rows = byLength.map(({ found, low, high, guess }, i) => [
    lengths[i]!.toLocaleString("en-US"),
    measurementLine({ name: "", value: found, low, high, unit: "share" }),
    measurementLine({ name: "", value: guess, unit: "share" }),
  ]);
  const label = `Share of needles found by ${stage}, by length of the text and place of the needle`;
  const map = needleHeatMap(needle).replace("<svg ", `<svg role="img" aria-label="${label.replaceAll('"', "")}" `);
  return markup`<h3>Needles of ${stage}</h3>
    <div class="paper">${new Html(map)}</div>
    ${htmlTable(`Needles found by ${stage}, all places together`, columns, rows)}`;
}

/** What people or judges chose, and how a reward model agrees with them. */
export function preferencesSection(stages: readonly StageInRun[]): Html | undefined {
  const chosen = stages.filter(({ state }) => state.outputs["choices"] !== undefined);
  const fitted = stages.filter(({ state }) =>
    Object.values(state.outputs).some(({ artifact }) => artifact === "reward-model"),
  );
  if (chosen.length + fitted.length === 0) return undefined;
  const tables = [
    ["Pairs of responses, and the choices between them", chosen],
    ["Agreement of reward models with held-out choices, and of trivial rules", fitted],
  ] as const;
  return markup`<h2 id="preferences">Preferences</h2>
    <p class="muted">Without a bias for the first place, about half of the preferred responses were shown first.</p>
    ${tables.map(([caption, found]) => (found.length === 0 ? undefined : metricsTable(caption, found)))}`;
}

/** Stages as rows, their metrics as columns. */
function metricsTable(caption: string, stages: readonly StageInRun[]): Html {
  const rows = stages.map(({ state }) => ({ id: state.id, measurements: measurementsOf(state) }));
  const told = rows.flatMap(({ measurements }) => measurements.filter((one) => !isNone(one)));
  const names = [...new Set(told.map(({ name }) => name))];
  const columns = [{ title: "stage" }, ...names.map((title) => ({ title, numeric: true }))];
  const cells = rows.map(({ id, measurements }) => [
    id,
    ...names.map((name) => {
      const measurement = measurements.find((one) => one.name === name);
      return measurement === undefined ? "–" : measurementLine(measurement);
    }),
  ]);
  return htmlTable(caption, columns, cells);
}

/** None of what a stage leaves out; the column says nothing if no stage has any. A share or a kappa of 0 does say something. */
const isNone = ({ value, unit }: Measurement): boolean => value === 0 && (unit === "preferences" || unit === "prompts");

/** Features of graphs, with their distributions. */
export function featuresSection(tables: readonly FeatureTable[], charts: Charts): Html {
  return markup`<h2 id="features">Graph features</h2>
    ${tables.map((table) => featureTable(table, charts))}`;
}

function featureTable({ stage, description, rows, features, shown, rowsRead }: FeatureTable, charts: Charts): Html {
  const count = `${rows.toLocaleString("en-US")} rows, ${features} features`;
  const limits = [
    ...(shown.length < features ? [`the first ${shown.length} features`] : []),
    ...(rowsRead < rows ? [`the first ${rowsRead.toLocaleString("en-US")} rows`] : []),
  ];
  const measurements = shown.map(({ name, meaning, histogram }) => {
    const { least, median, largest, missing } = histogram;
    const isSpread = least < largest;
    const text = Number.isNaN(median)
      ? "no values"
      : `least ${short(least)}, median ${short(median)}, largest ${short(largest)}${missing > 0 ? `, ${missing} missing` : ""}`;
    const bars = isSpread ? new Html(charts.bars(histogram)) : undefined;
    return markup`<div class="chart plot">${bars}<div class="caption"><b>${name}</b> · ${meaning}<br>${text}</div></div>\n`;
  });
  return markup`<h3>${stage}</h3>
    <p>${description}: ${count}${limits.length > 0 ? `; shown: ${limits.join(", ")}` : ""}</p>
    <div class="charts">${measurements}</div>`;
}
