import { fitAxis } from "../../../report/components/axis.js";
import type { LineChartProps } from "../../../report/components/line-chart.js";
import type { CurvePiece } from "../../messages.js";
import { drawnPoints, placesIn, type CurveView } from "./curve-view.js";

/** Runs that are compared at most: as many as there are colors of lines. */
export const maxRuns = 6;

/** A curve of one run: at most two points for each pixel, of the whole or of the range in sight. */
export interface Line {
  run: string;
  /** The run's place in the comparison: the same color in every chart. */
  color: number;
  whole: CurvePiece;
  /** The range in sight in full detail, once it has been read. */
  detail?: CurvePiece;
}

/** A part of the x axis. */
export type Range = readonly [from: number, to: number];

export interface ChartProps {
  title: string;
  unit?: string;
  description?: string;
  lines: readonly Line[];
  view: CurveView;
  /** The range in sight, in values of the x axis; undefined: all. */
  range: Range | undefined;
  /** Ends of the stage's curves on the x axis, which is the same in all its charts. */
  ends: readonly number[];
  /** Where the crosshair of all charts of the stage is. */
  cursor: number | undefined;
  onCursor: (x: number | undefined) => void;
  onRange: (range: Range | undefined) => void;
}

export const chartHeight = 180;

/** What is drawn of a chart of some width, px; the y axis fits what is in sight. */
export function drawnChart({ lines, view, range, ends }: ChartProps, width: number): LineChartProps {
  const frame = { left: 52, right: width - 12, top: 8, bottom: chartHeight - 24 };
  const x = fitAxis(range ?? ends, [frame.left, frame.right]);
  const drawn = lines.map(({ color, whole: entire, detail }) => {
    const points = drawnPoints(detail ?? entire, view);
    const [start, end] = placesIn(points, x);
    // One point beyond each end: the line continues there.
    return {
      color,
      all: points,
      inSight: points.slice(start, end),
      points: points.slice(Math.max(0, start - 1), end + 1),
    };
  });
  const inSight = drawn.flatMap((line) => line.inSight);
  const values = (inSight.length > 0 ? inSight : drawn.flatMap(({ all }) => all)).map(([, value]) => value);
  const { checkpoints = [], retries = [] } = lines[0]?.detail ?? lines[0]?.whole ?? {};
  const places = (steps: readonly number[]): number[] =>
    steps.flatMap((step) => view.stepX(lines[0]!.whole, step) ?? []);
  return {
    ...{ frame, x, y: fitAxis(values, [frame.bottom, frame.top], view.isLog), lines: drawn },
    ...{ checkpoints: places(checkpoints), retries: places(retries) },
  };
}
