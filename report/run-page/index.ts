import { isOver } from "../../schemas/run.js";
import { openCharts } from "../graph-page/charts.js";
import { markup, htmlTable, type Html } from "../html.js";
import type { RunModel } from "../run/model.js";
import { shellWord } from "../shell-word.js";
import { duration } from "../values.js";
import { curvesSection } from "./curves.js";
import { measurementLine, measurementTiles } from "./measurements.js";
import { markOfRun } from "../marks.js";
import { signHtml, statusHtml } from "./marks.js";
import { evaluationSection, featuresSection, preferencesSection } from "./measured.js";
import { page, type Section } from "./page.js";
import { provenanceSection } from "./provenance.js";
import { samplesTable } from "./samples.js";
import { stagesSection } from "./stages.js";

/** When a page was written, and by which version of Pawl. */
export interface Written {
  nowMs: number;
  version: string;
}

/** The report of a run as one HTML file. */
export async function runPage(model: RunModel, written: Written): Promise<string> {
  const sections = await sectionsOf(model, written.nowMs);
  return page(`${model.runId}: report`, heading(model, written.nowMs), sections, footerText(written));
}

export const footerText = ({ nowMs, version }: Written): string =>
  `Written by Pawl ${version} at ${dateText(nowMs)} from the store alone.`;

export const dateText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;

async function sectionsOf(model: RunModel, nowMs: number): Promise<Section[]> {
  const { samples, curves, evaluations, featureTables, stages, problems, runId } = model;
  const preferences = preferencesSection(stages);
  const charts = featureTables.length > 0 ? await openCharts() : undefined;
  const panels = curves.map((curve) => ({ stage: curve.stage, metric: curve.metric, curves: [curve] }));
  const section = (id: string, title: string, content: Html | undefined): Section[] =>
    content === undefined ? [] : [{ id, title, content }];
  return [
    ...section("samples", "Samples", samples.length > 0 ? samplesSection(model) : undefined),
    ...section(
      "curves",
      "Curves",
      panels.length > 0 ? curvesSection(panels, `pawl metrics ${shellWord(runId)} --plot`) : undefined,
    ),
    ...section("evaluation", "Evaluation", evaluations.length > 0 ? evaluationSection(evaluations) : undefined),
    ...section("preferences", "Preferences", preferences),
    ...section("features", "Graph features", charts && featuresSection(featureTables, charts)),
    ...section("graph", "Graph and times", stagesSection(stages, model.endedAtMs ?? nowMs)),
    ...section("provenance", "Provenance", provenanceSection(model)),
    ...section("problems", "What is missing", problems.length > 0 ? problemsSection(problems) : undefined),
  ];
}

function heading(model: RunModel, nowMs: number): Html {
  const { runId, plan, status, startedAtMs, endedAtMs, measurements, stages } = model;
  const took = duration((endedAtMs ?? nowMs) - startedAtMs);
  const done = stages.filter(({ state }) => ["succeeded", "cached", "skipped"].includes(state.status)).length;
  const facts = `${plan.name} · started ${dateText(startedAtMs)} · ${took} · ${done} of ${stages.length} stages done`;
  const rows = measurements.others.map((measurement) => [measurement.name, measurementLine(measurement)]);
  const others = markup`<details>
    <summary>${rows.length} more measurements</summary>
    ${htmlTable("More measurements", [{ title: "measurement" }, { title: "value", numeric: true }], rows)}
  </details>`;
  return markup`<h1>${runId}</h1>
    <p>${statusHtml(markOfRun(status))} <span class="muted">${facts}</span></p>
    ${plan.description === undefined ? undefined : markup`<p>${plan.description}</p>`}
    ${isOver(status) ? undefined : underWay(runId, nowMs)}${failures(model)}
    ${measurements.first.length > 0 ? measurementTiles(measurements.first) : undefined}${rows.length > 0 ? others : undefined}`;
}

const underWay = (runId: string, nowMs: number): Html =>
  markup`<p class="notice">
    The run had not ended when this was written (${dateText(nowMs)}): this is what there was. Again:
    <code>pawl report ${shellWord(runId)}</code>
  </p>`;

/** Characters of an error that are shown; its log has the rest. */
const longestMessage = 2000;
/** Failed stages that are explained. */
const maxFailures = 20;

function failures({ stages, runId, failure: ofRun }: RunModel): Html | undefined {
  const failed = stages.filter(({ state }) => state.failure !== undefined && state.status !== "succeeded");
  if (failed.length === 0 && ofRun === undefined) return undefined;
  const whole =
    ofRun &&
    markup`<p><b class="is-bad">${signHtml("cross")} ${ofRun.code}</b> ${ofRun.message.slice(0, longestMessage)}</p>`;
  const parts = failed.slice(0, maxFailures).map(({ state: { id, uses, failure } }) => {
    const { code, message, facts } = failure!;
    const lines = (["where", "expected", "got", "next"] as const).flatMap((name) =>
      facts[name] === undefined ? [] : [markup`<br />${name}: ${String(facts[name]).slice(0, longestMessage)}`],
    );
    return markup`<p><b class="is-bad">${signHtml("cross")} ${id} (${uses})</b> ${code}: ${message.slice(0, longestMessage)}${lines}</p>`;
  });
  const more = failed.length - maxFailures;
  return markup`<div class="notice is-error">
    ${whole}${parts}${more > 0 ? markup`<p>and ${more} more: <code>pawl status ${shellWord(runId)}</code></p>` : undefined}
  </div>`;
}

const samplesSection = ({ samples }: RunModel): Html =>
  markup`<h2 id="samples">Samples</h2>
    ${samplesTable(samples)}`;

const problemsSection = (problems: readonly string[]): Html =>
  markup`<h2 id="problems">What is missing</h2>
    <ul>
      ${problems.map((problem) => markup`<li>${problem}</li>`)}
    </ul>`;
