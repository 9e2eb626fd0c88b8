import { short } from "../graph-page/charts.js";
import { markup, type Html } from "../html.js";
import type { Curve } from "../run/curves.js";
import type { Point } from "../run/downsample.js";
import { curveText, leastOf, mostOf } from "../run/curve-text.js";
import { ticks } from "./ticks.js";

const size = { width: 320, height: 140 };
const inner = { left: 44, right: 312, top: 8, bottom: 116 };
/** Parts of the steps of which a curve keeps the extremes: one for each two pixels. */
export const chartBuckets = (inner.right - inner.left) / 2;

/**
 * Curves of one metric, of one run or several, as SVG: with a tick on the x axis for each checkpoint and a triangle where a
 * later attempt resumed. Drawn here and not by Observable Plot, for time and size
 * (docs/decisions/0044-the-report-of-a-run.md).
 * @param id unique in the page
 * @param curves by run, at least one with a point; undefined: the run has no such curve
 */
export function lineChart(id: string, curves: readonly (Curve | undefined)[]): Html {
  const points = curves.flatMap((curve) => curve?.points ?? []);
  const x = scale(extent(points, 0), [inner.left, inner.right]);
  const y = scale(extent(points, 1), [inner.bottom, inner.top]);
  const lines = curves.map((curve, run) =>
    curve === undefined || curve.points.length === 0
      ? undefined
      : markup`<path class="curve run-${run}" d="${linePath(curve.points, x.of, y.of)}" />`,
  );
  const known = curves.filter((curve) => curve !== undefined);
  const { stage, metric } = known[0]!;
  return markup`<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-labelledby="${id}t ${id}d">
    <title id="${id}t">${metric} of ${stage} by step</title>
    <desc id="${id}d">${known.map(curveText).join("; ")}</desc>
    ${y.ticks.map((value) => yTick(value, y.of(value)))}${x.ticks.map((value) => xTick(value, x.of(value)))}
    ${eventMarks(known[0]!, x)}${lines}
  </svg>`;
}

interface Scale {
  from: number;
  to: number;
  ticks: number[];
  of: (value: number) => number;
}

function extent(points: readonly Point[], at: 0 | 1): [number, number] {
  const values = points.map((point) => point[at]);
  const [least, most] = [leastOf(values), mostOf(values)];
  // A constant is drawn in the middle.
  return least < most ? [least, most] : [least - (Math.abs(least) || 1), most + (Math.abs(most) || 1)];
}

function scale([from, to]: [number, number], [start, end]: [number, number]): Scale {
  return { from, to, ticks: ticks(from, to, 4), of: (value) => start + ((value - from) / (to - from)) * (end - start) };
}

/** Whole pixels, each relative to the one before: half as long as decimals. */
function linePath(points: readonly Point[], x: Scale["of"], y: Scale["of"]): string {
  let [atX, atY] = [0, 0];
  const parts = points.map(([step, value], i) => {
    const [nextX, nextY] = [Math.round(2 * x(step)) / 2, Math.round(2 * y(value)) / 2];
    const part = `${i === 0 ? "m" : "l"}${nextX - atX} ${nextY - atY}`;
    [atX, atY] = [nextX, nextY];
    return part.replace(" -", "-");
  });
  // A single point is drawn as a short line.
  return parts.join("") + (points.length === 1 ? "h3" : "");
}

const yTick = (value: number, y: number): Html =>
  markup`<path class="axis" d="M${inner.left} ${y.toFixed(1)}H${inner.right}" /><text
      x="${inner.left - 4}"
      y="${(y + 4).toFixed(1)}"
      text-anchor="end"
      >${short(value)}</text
    >`;

const xTick = (value: number, x: number): Html =>
  markup`<text x="${x.toFixed(1)}" y="${size.height - 6}" text-anchor="middle">${short(value)}</text>`;

/** Marks are at least a pixel apart. */
function eventMarks({ checkpoints, retries }: Curve, { from, to, of }: Scale): Html {
  const places = (steps: readonly number[]): number[] => [
    ...new Set(steps.map((step) => Math.round(of(Math.min(to, Math.max(from, step)))))),
  ];
  const bars = places(checkpoints).map((x) => `M${x} ${inner.bottom}v5`);
  const triangles = places(retries).map((x) => `M${x - 4} ${inner.bottom + 8}h8l-4-8z`);
  return markup`<path class="checkpoint" d="M${inner.left} ${inner.bottom}H${inner.right}${bars.join("")}" /><path
      class="retry"
      d="${triangles.join("")}"
    />`;
}
