import { useEffect, useRef, useState } from "preact/hooks";
import { SvgCanvas, type ChartCanvas } from "../chart-svg.js";
import { short } from "../curve-view.js";
import { axisOf, drawnPoints, nearestPoint, placesIn, type Axis, type CurveView } from "../curve-view.js";
import { saveFile } from "../save-file.js";
import type { CurvePiece } from "../../messages.js";

/** A curve of one run: at most two points for each pixel, of the whole or of the range in sight. */
export interface Line {
  run: string;
  /** The run's place in the comparison: the same color in every chart. */
  color: number;
  whole: CurvePiece;
  /** The range in sight in full detail, once it has been read. */
  detail?: CurvePiece;
}

interface ChartProps {
  title: string;
  unit?: string;
  description?: string;
  lines: readonly Line[];
  view: CurveView;
  /** The range in sight, in values of the x axis; undefined: all. */
  range: readonly [from: number, to: number] | undefined;
  /** Ends of the stage's curves on the x axis, which is the same in all its charts. */
  ends: readonly number[];
  /** Where the crosshair of all charts of the stage is. */
  cursor: number | undefined;
  onCursor: (x: number | undefined) => void;
  onRange: (range: readonly [from: number, to: number] | undefined) => void;
}

const inner = { left: 52, right: 12, top: 8, bottom: 24 };
const height = 180;

/** Curves of one metric on a canvas; dragging zooms, the wheel too, shift and dragging moves, two clicks show all. */
export function CurveChart(props: ChartProps) {
  const { title, unit, description, lines, view, cursor, onCursor, onRange } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(0);
  const [dragged, setDragged] = useState<readonly [number, number]>();
  const axes = width > 0 ? axesOf(props, width) : undefined;
  useEffect(() => {
    const element = canvas.current!;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  // Once a frame at most: what changes between two frames is drawn together.
  useEffect(() => {
    if (axes === undefined) return;
    const frame = requestAnimationFrame(() => draw(canvas.current!, props, axes, width, dragged));
    return () => cancelAnimationFrame(frame);
  });
  useEffect(() => {
    const redraw = (): void => setWidth((before) => before + 0.001);
    const media = matchMedia("(prefers-color-scheme:dark)");
    const observer = new MutationObserver(redraw);
    observer.observe(document.documentElement, { attributeFilter: ["data-mode"] });
    media.addEventListener("change", redraw);
    return () => {
      observer.disconnect();
      media.removeEventListener("change", redraw);
    };
  }, []);
  const saveSvg = (): void => {
    const first = lines[0];
    if (axes === undefined || first === undefined) return;
    const name = `${first.run}-${first.whole.stage}-${title}.svg`.replace(/[^\w.-]+/g, "-");
    saveFile(name, chartSvg(props, axes, width, colorsOf(canvas.current!)), "image/svg+xml");
  };
  const xAt = (event: MouseEvent): number => axes!.x.valueAt(event.offsetX);
  const moved = (by: number, factor = 1): void => {
    if (axes === undefined) return;
    const { from, to } = axes.x;
    const middle = (from + to) / 2 + by * (to - from);
    const half = ((to - from) / 2) * factor;
    onRange([middle - half, middle + half]);
  };
  const wheel = (event: WheelEvent): void => {
    if (axes === undefined || !(event.ctrlKey || event.shiftKey)) return;
    event.preventDefault();
    const at = xAt(event);
    const factor = Math.exp(event.deltaY / 400);
    onRange([at - (at - axes.x.from) * factor, at + (axes.x.to - at) * factor]);
  };
  const keys: Record<string, () => void> = {
    "+": () => moved(0, 0.5),
    "-": () => moved(0, 2),
    ArrowLeft: () => moved(-0.2),
    ArrowRight: () => moved(0.2),
    0: () => onRange(undefined),
    Escape: () => onRange(undefined),
  };
  return (
    <figure class="chart">
      <figcaption title={description}>
        <b>{title}</b> {unit !== undefined && <span class="muted">{unit}</span>}
        <button type="button" class="quiet chart-file" aria-label={`Download ${title} as SVG`} onClick={saveSvg}>
          SVG
        </button>
      </figcaption>
      <canvas
        ref={canvas}
        height={height}
        tabIndex={0}
        role="img"
        aria-label={`${title}: ${lines.map((line) => inWords(line)).join("; ")}. Keys: + and - zoom, arrows move, 0 shows all.`}
        onPointerDown={(event) => {
          if (axes === undefined || event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragged([event.offsetX, event.offsetX]);
        }}
        onPointerMove={(event) => {
          if (axes === undefined) return;
          onCursor(xAt(event));
          if (dragged === undefined) return;
          if (event.shiftKey) {
            const by = axes.x.valueAt(dragged[1]) - axes.x.valueAt(event.offsetX);
            onRange([axes.x.from + by, axes.x.to + by]);
            setDragged([event.offsetX, event.offsetX]);
          } else setDragged([dragged[0], event.offsetX]);
        }}
        onPointerUp={() => {
          if (axes && dragged && Math.abs(dragged[1] - dragged[0]) > 4) {
            const [a, b] = [axes.x.valueAt(dragged[0]), axes.x.valueAt(dragged[1])];
            onRange([Math.min(a, b), Math.max(a, b)]);
          }
          setDragged(undefined);
        }}
        onPointerLeave={() => onCursor(undefined)}
        onDblClick={() => onRange(undefined)}
        onWheel={wheel}
        onKeyDown={(event) => {
          const act = keys[event.key];
          if (act === undefined) return;
          event.preventDefault();
          act();
        }}
      />
      <div class="chart-values">
        {lines.map((line) => (
          <Reading key={line.run} line={line} view={view} cursor={cursor} isOnly={lines.length === 1} />
        ))}
      </div>
    </figure>
  );
}

/** The value under the crosshair, or the last one. */
function Reading({
  line,
  view,
  cursor,
  isOnly,
}: {
  line: Line;
  view: CurveView;
  cursor: number | undefined;
  isOnly: boolean;
}) {
  const points = drawnPoints(line.detail ?? line.whole, view);
  const point = cursor === undefined ? points.at(-1) : nearestPoint(points, cursor);
  return (
    <span>
      {!isOnly && <span class={`swatch line-${line.color}`} aria-hidden="true" />}
      {point === undefined
        ? "no finite value"
        : `${short(point[1])} at ${view.x === "time" ? `${short(point[0])} s` : short(point[0])}`}
      {line.whole.notFinite > 0 && <span class="is-warn"> · {line.whole.notFinite} not finite</span>}
    </span>
  );
}

function inWords({ run, whole: { points, count } }: Line): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return `${run}: ${count} values, none of them finite`;
  return `${run}: from ${short(first[1])} at step ${short(first[0])} to ${short(last[1])} at step ${short(last[0])}`;
}

interface Axes {
  x: Axis;
  y: Axis;
}

/** The axes: y fits what is in sight. */
function axesOf({ lines, view, range, ends }: ChartProps, width: number): Axes {
  const x = axisOf(range ?? ends, [inner.left, width - inner.right], false);
  const inSight = lines.flatMap(({ whole, detail }) => {
    const points = drawnPoints(detail ?? whole, view);
    const [start, end] = placesIn(points, x);
    return points.slice(start, end);
  });
  const points = inSight.length > 0 ? inSight : lines.flatMap(({ whole }) => drawnPoints(whole, view));
  const values = points.map(([, value]) => value);
  return { x, y: axisOf(values, [height - inner.bottom, inner.top], view.isLog) };
}

type ColorOf = (name: string) => string;

const colorsOf = (element: Element): ColorOf => {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(`--${name}`);
};
const font = "11px system-ui, sans-serif";

function draw(
  canvas: HTMLCanvasElement,
  props: ChartProps,
  axes: Axes,
  width: number,
  dragged: readonly [number, number] | undefined,
): void {
  const ratio = devicePixelRatio;
  const c = canvas.getContext("2d")!;
  // A canvas that is given a size is allocated again, also if it had that size.
  const size = { width: Math.round(width * ratio), height: Math.round(height * ratio) };
  if (canvas.width !== size.width || canvas.height !== size.height) Object.assign(canvas, size);
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  drawChart(c, props, axes, width, colorsOf(canvas), { cursor: props.cursor, dragged });
}

/** The chart as SVG: what is drawn on the screen, and below it its title and the legend. */
function chartSvg(props: ChartProps, axes: Axes, width: number, color: ColorOf): string {
  const { title, unit, lines, view } = props;
  const c = new SvgCanvas();
  c.font = font;
  const stage = lines[0]?.whole.stage ?? "";
  const heading = `${title}${unit === undefined ? "" : ` (${unit})`} of ${stage} by ${view.x === "time" ? "time (s)" : view.x}`;
  const legend = lines.map(({ run, color: index }) => ({ run, color: color(colorName(index)) }));
  const all = height + lineHeight * (1 + legend.length);
  c.fillStyle = color("bg");
  c.fillRect(0, 0, width, all);
  drawChart(c, props, axes, width, color, {});
  c.textAlign = "left";
  c.fillStyle = color("fg");
  c.fillText(heading, inner.left, height + lineHeight / 2);
  for (const [i, line] of legend.entries()) {
    const y = height + lineHeight * (i + 1.5);
    c.fillStyle = line.color;
    c.fillRect(inner.left, y - 8, 8, 8);
    c.fillStyle = color("fg");
    c.fillText(line.run, inner.left + 14, y);
  }
  return c.text(heading, width, all);
}

/** Of titles and legends, px. */
const lineHeight = 18;

interface Pointed {
  cursor?: number | undefined;
  dragged?: readonly [number, number] | undefined;
}

function drawChart(
  c: ChartCanvas,
  { lines, view }: ChartProps,
  { x, y }: Axes,
  width: number,
  color: ColorOf,
  { cursor, dragged }: Pointed,
): void {
  c.font = font;
  const [left, right, bottom] = [inner.left, width - inner.right, height - inner.bottom];
  c.strokeStyle = color("line");
  c.fillStyle = color("muted");
  c.lineWidth = 1;
  c.textAlign = "right";
  for (const tick of y.ticks) {
    const at = Math.round(y.of(tick)) + 0.5;
    c.beginPath();
    c.moveTo(left, at);
    c.lineTo(right, at);
    c.stroke();
    c.fillText(short(tick), left - 6, at + 4);
  }
  c.textAlign = "center";
  for (const tick of x.ticks) c.fillText(short(tick), Math.min(right - 8, x.of(tick)), height - 6);
  c.save();
  c.beginPath();
  c.rect(left - 3, 0, right - left + 6, height);
  c.clip();
  for (const { whole, detail, color: index } of lines) {
    c.strokeStyle = color(colorName(index));
    c.lineWidth = 1.25;
    c.setLineDash(index < lineColors.length ? [] : [5, 2]);
    c.beginPath();
    const points = drawnPoints(detail ?? whole, view);
    if (points.length === 1) drawDot(c, x.of(points[0]![0]), y.of(points[0]![1]), color(colorName(index)));
    // One point beyond each end: the line goes on there.
    const [start, end] = placesIn(points, x);
    for (let i = Math.max(0, start - 1); i <= Math.min(end, points.length - 1); i++)
      c.lineTo(x.of(points[i]![0]), y.of(points[i]![1]));
    c.stroke();
  }
  c.setLineDash([]);
  drawMarks(c, lines[0], view, x, bottom, color);
  if (cursor !== undefined) {
    c.strokeStyle = color("muted");
    c.lineWidth = 1;
    c.beginPath();
    c.moveTo(x.of(cursor), inner.top);
    c.lineTo(x.of(cursor), bottom);
    c.stroke();
  }
  if (dragged !== undefined && Math.abs(dragged[1] - dragged[0]) > 4) {
    c.globalAlpha = 0.15;
    c.fillStyle = color("accent");
    c.fillRect(Math.min(...dragged), inner.top, Math.abs(dragged[1] - dragged[0]), bottom - inner.top);
  }
  c.restore();
}

/** A single value. */
function drawDot(c: ChartCanvas, x: number, y: number, color: string): void {
  c.fillStyle = color;
  c.beginPath();
  c.arc(x, y, 3, 0, 2 * Math.PI);
  c.fill();
}

/** Colors of runs, in the order of the comparison. */
export const lineColors = ["accent", "other", "ok", "bad", "warn", "calm"];
const colorName = (index: number): string => lineColors[index % lineColors.length]!;

/** A tick for each checkpoint, a triangle where a later attempt resumed. */
function drawMarks(
  c: ChartCanvas,
  line: Line | undefined,
  view: CurveView,
  x: Axis,
  bottom: number,
  color: ColorOf,
): void {
  if (line === undefined) return;
  const { checkpoints, retries } = line.detail ?? line.whole;
  const places = (steps: readonly number[]): Set<number> =>
    new Set(
      steps.map((step) => view.xOf(line.whole, step)).flatMap((at) => (at === undefined ? [] : [Math.round(x.of(at))])),
    );
  c.strokeStyle = color("muted");
  for (const at of places(checkpoints)) {
    c.beginPath();
    c.moveTo(at + 0.5, bottom);
    c.lineTo(at + 0.5, bottom + 5);
    c.stroke();
  }
  c.fillStyle = color("warn");
  for (const at of places(retries)) {
    c.beginPath();
    c.moveTo(at, bottom);
    c.lineTo(at - 4, bottom + 8);
    c.lineTo(at + 4, bottom + 8);
    c.fill();
  }
}
