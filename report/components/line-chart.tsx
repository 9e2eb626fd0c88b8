import type { Point } from "../run/downsample.js";
import { short, type Axis } from "./axis.js";

/** Where a chart draws within its picture, in pixels; tick labels are left of it and below. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Lines across at the ticks of the y axis, and the labels of both axes. */
export const Axes = ({ x, y, frame: { left, right, bottom } }: { x: Axis; y: Axis; frame: Frame }) => (
  <>
    <path class="axis" d={y.ticks.map((value) => `M${left} ${pixel(y.of(value))}H${right}`).join("")} />
    {y.ticks.map((value) => (
      <text key={`y ${value}`} x={left - 6} y={pixel(y.of(value) + 4)} text-anchor="end">
        {short(value)}
      </text>
    ))}
    {x.ticks.map((value) => (
      <text key={`x ${value}`} x={pixel(Math.min(right - 8, x.of(value)))} y={bottom + 18} text-anchor="middle">
        {short(value)}
      </text>
    ))}
  </>
);

export interface LineChartProps {
  frame: Frame;
  x: Axis;
  y: Axis;
  /** Points in values of the axes, and the number of a color. */
  lines: readonly { color: number; points: readonly Point[] }[];
  /** Values of the x axis. */
  checkpoints: readonly number[];
  retries: readonly number[];
  /** Id of the clip of lines that go beyond the frame, unique in the page; absent: none do. */
  clip?: string;
}

/**
 * Curves over each other as parts of an SVG: with a bar on the x axis for each checkpoint and a
 * triangle for each retry.
 */
export function LineChart({ frame, x, y, lines, checkpoints, retries, clip }: LineChartProps) {
  const { left, right, top, bottom } = frame;
  const places = (values: readonly number[]): number[] => [
    // Marks are at least a pixel apart.
    ...new Set(values.filter((value) => value >= x.from && value <= x.to).map((value) => Math.round(x.of(value)))),
  ];
  const bars = places(checkpoints).map((at) => `M${at} ${bottom}v5`);
  const triangles = places(retries).map((at) => `M${at - 4} ${bottom + 8}h8l-4-8z`);
  return (
    <>
      <Axes x={x} y={y} frame={frame} />
      <path class="checkpoint" d={`M${left} ${bottom}H${right}${bars.join("")}`} />
      <path class="retry" d={triangles.join("")} />
      {clip !== undefined && (
        <clipPath id={clip}>
          <rect x={left - 3} y={top - 3} width={right - left + 6} height={bottom - top + 6} />
        </clipPath>
      )}
      <g clip-path={clip === undefined ? undefined : `url(#${clip})`}>
        {lines.map(({ color, points }) => (
          <path key={color} class={`curve line-${color}`} d={linePath(points, x, y)} />
        ))}
      </g>
    </>
  );
}

/** Half pixels, each relative to the one before: half as long as decimals. */
function linePath(points: readonly Point[], x: Axis, y: Axis): string {
  let [atX, atY] = [0, 0];
  const parts = points.map(([step, value], i) => {
    const [nextX, nextY] = [pixel(x.of(step)), pixel(y.of(value))];
    const part = `${i === 0 ? "m" : "l"}${nextX - atX} ${nextY - atY}`;
    [atX, atY] = [nextX, nextY];
    return part.replace(" -", "-");
  });
  // A single point is drawn as a dot.
  return parts.join("") + (points.length === 1 ? "m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0" : "");
}

const pixel = (value: number): number => Math.round(2 * value) / 2;
