import { markup, type Html } from "../html.js";
import type { Curve } from "../run/curves.js";
import { curveText } from "../run/curve-text.js";
import { lineChart } from "./line-chart.js";

/** The curves of one metric of one stage, by run. */
export interface Panel {
  stage: string;
  metric: string;
  curves: readonly (Curve | undefined)[];
}

/** Charts of a page: more are slow to read and to load. */
const maxCharts = 240;

/**
 * Small multiples by stage: metrics that stage types declare first, others folded. Of more panels than fit into a page, the
 * first ones of each stage are drawn.
 * @param rest the command that prints all curves
 * @param legend which line is of which run, if there are several
 */
export function curvesSection(panels: readonly Panel[], rest: string, legend?: Html): Html {
  const drawn = new Set(firstOfEach(panels));
  const stages = [...new Set(panels.map(({ stage }) => stage))];
  const parts = stages.map((stage) =>
    stageCurves(
      stage,
      panels.filter((panel) => panel.stage === stage && drawn.has(panel)),
    ),
  );
  const left = panels.length - drawn.size;
  const note = left > 0 ? markup`<p class="muted">${left} more curves: <code>${rest}</code></p>` : undefined;
  return markup`<h2 id="curves">Curves</h2>
    <p class="muted">By step; bars on the axis are checkpoints, triangles are places where a later attempt resumed.</p>
    ${legend}${parts}${note}`;
}

/** Panels in the order in which they are drawn until the page is full: the first of every stage, then the second. */
function firstOfEach(panels: readonly Panel[]): Panel[] {
  const seen = new Map<string, number>();
  const ranked = panels.map((panel) => {
    const rank = seen.get(panel.stage) ?? 0;
    seen.set(panel.stage, rank + 1);
    return { panel, rank };
  });
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, maxCharts)
    .map(({ panel }) => panel);
}

function stageCurves(stage: string, panels: readonly Panel[]): Html | undefined {
  if (panels.length === 0) return undefined;
  const declared = panels.filter(({ curves }) => curves.some((curve) => curve?.declared));
  const first = declared.length > 0 ? declared : panels;
  const others = panels.filter((panel) => !first.includes(panel));
  const names = others.map(({ metric }) => metric).join(", ");
  const more = markup`<details><summary>${others.length} more of ${stage}: ${names}</summary>${charts(others)}</details>`;
  return markup`<h3>${stage}</h3>
    ${charts(first)}${others.length > 0 ? more : undefined}`;
}

const charts = (panels: readonly Panel[]): Html =>
  markup`<div class="charts">${panels.map((panel) => chart(panel))}</div>`;

function chart({ stage, metric, curves }: Panel): Html {
  const known = curves.flatMap((curve) => curve ?? []);
  const { unit } = known.find(({ declared }) => declared)?.declared ?? {};
  const heading = markup`<b>${metric}</b>${unit && unit !== "1" ? ` ${unit}` : ""}`;
  const summary = curves.map((curve, run) =>
    curve === undefined
      ? undefined
      : markup`<br />${curves.length > 1 ? markup`<span class="key key-${run}"></span> ` : ""}${curveText(curve)}`,
  );
  // A single value is no curve: the caption has it.
  const isDrawn = known.some(({ points }) => points.length > 1);
  const id = `c-${stage}-${metric}`.replace(/[^\w-]/g, "_");
  const drawn = isDrawn ? lineChart(id, curves) : undefined;
  return markup`<div class="chart">${drawn}<div class="caption">${heading}${summary}</div></div>\n`;
}
