import type { Axis } from "../../../report/components/axis.js";
import type { Point } from "../../../report/run/downsample.js";
import type { CurvePiece } from "../../messages.js";

/** What the x axis counts. */
export const xNames = ["step", "tokens", "time"] as const;
export type XName = (typeof xNames)[number];

/** How curves are drawn: the same for all charts of a page. */
export interface CurveView {
  x: XName;
  isLog: boolean;
  /** Weight of what came before, 0 to 1. */
  smoothing: number;
  /** The position of a step on the x axis, undefined if unknown. */
  stepX: (piece: CurvePiece, step: number) => number | undefined;
}

export function curveView(x: XName, isLog: boolean, smoothing: number): CurveView {
  const stepX = { step: byStep, tokens: byTokens, time: byTime }[x];
  return { x, isLog, smoothing, stepX };
}

const byStep = (_piece: CurvePiece, step: number): number => step;
const byTokens = ({ tokensPerStep }: CurvePiece, step: number): number | undefined =>
  tokensPerStep === undefined ? undefined : step * tokensPerStep;

/** Times without those that are not after the one before. */
const growing = new WeakMap<CurvePiece["times"], CurvePiece["times"]>();

/**
 * Seconds since the stage's first step. The history has the time of some steps; it is interpolated
 * between two of them, and extrapolated after the last one.
 */
function byTime({ times }: CurvePiece, step: number): number | undefined {
  const known = growing.get(times) ?? times.filter(([, ms], i) => i === 0 || ms > times[i - 1]![1]);
  growing.set(times, known);
  const [begin] = known;
  if (begin === undefined || step === begin[0]) return begin && 0;
  const after = known.findIndex(([at]) => at > step);
  const [first, last] =
    after === -1 ? known.slice(-2) : after === 0 ? known.slice(0, 2) : known.slice(after - 1, after + 1);
  if (first === undefined || last === undefined) return undefined;
  const share = (step - first[0]) / (last[0] - first[0]);
  return (first[1] + share * (last[1] - first[1]) - begin[1]) / 1000;
}

/** Returns why a curve cannot be drawn on an x axis, or undefined if it can. */
export function omissionReason({ tokensPerStep, countsTokens, times }: CurvePiece, x: XName): string | undefined {
  if (x === "time" && times.length === 0) return "the times of its steps were not recorded";
  if (x !== "tokens" || tokensPerStep !== undefined) return undefined;
  return countsTokens ? "its tokens are known once it has succeeded" : "it counts no tokens";
}

const drawn = new WeakMap<CurvePiece, { view: string; points: Point[] }>();

/**
 * The points of a piece as they are drawn: those with a place on the x axis, smoothed; on a
 * logarithmic axis those above 0.
 */
export function drawnPoints(piece: CurvePiece, view: CurveView): Point[] {
  const key = `${view.x} ${view.isLog} ${view.smoothing}`;
  const known = drawn.get(piece);
  if (known?.view === key) return known.points;
  const smoothed = view.smoothing > 0 ? smooth(piece.points, view.smoothing) : piece.points;
  const points = smoothed
    .filter(([, value]) => !view.isLog || value > 0)
    .flatMap(([step, value]): Point[] => {
      const x = view.stepX(piece, step);
      return x === undefined ? [] : [[x, value]];
    });
  drawn.set(piece, { view: key, points });
  return points;
}

/**
 * The exponential moving average, without the bias to zero at its beginning. Source: Kingma and Ba,
 * Adam, 2015, section 3 (the correction). Departure: over the points that are drawn, not over all
 * steps.
 */
export function smooth(points: readonly Point[], weight: number): Point[] {
  let sum = 0;
  return points.map(([step, value], i) => {
    sum = weight * sum + (1 - weight) * value;
    return [step, sum / (1 - weight ** (i + 1))];
  });
}

/** The points on an axis: the place of the first one, and the one after the last. */
export const placesIn = (points: readonly Point[], { from, to }: Pick<Axis, "from" | "to">): [number, number] => [
  firstPlace(points, (x) => x >= from),
  firstPlace(points, (x) => x > to),
];

/**
 * The place of the first point of which `is` holds, as it does of all after it; the number of
 * points if it holds of none.
 */
function firstPlace(points: readonly Point[], is: (x: number) => boolean): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (is(points[middle]![0])) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The point nearest to a place on the x axis. */
export function nearestPoint(points: readonly Point[], x: number): Point | undefined {
  const low = Math.min(
    points.length - 1,
    firstPlace(points, (at) => at >= x),
  );
  const [before, after] = [points[low - 1], points[low]];
  if (before === undefined || after === undefined) return after;
  return x - before[0] < after[0] - x ? before : after;
}
