import { useEffect, useRef, useState } from "preact/hooks";
import type { CurvePiece, CurvesMessage } from "../../messages.js";
import { read } from "../send.js";
import type { Range } from "./chart.js";
import type { CurveView } from "./curve-view.js";
import { curvesAddress, type Found } from "./use-curves.js";

/**
 * A range is read once it has stayed for this time, ms; until then what is known of it is drawn.
 */
const settledMs = 80;

const none: ReadonlyMap<string, CurvePiece> = new Map();

export const detailKey = (run: string, metric: string): string => `${run} ${metric}`;

/** The range in sight in full detail, for each run and metric; read once the range rests. */
export function useDetails(
  stage: string,
  runs: readonly string[],
  found: Found,
  view: CurveView,
  range: Range | undefined,
): ReadonlyMap<string, CurvePiece> {
  const [details, setDetails] = useState(none);
  const latestKey = useRef("");
  const key = range === undefined ? "" : [stage, view.x, ...range, ...runs].join();
  useEffect(() => {
    latestKey.current = key;
    if (range === undefined) {
      setDetails(none);
      return;
    }
    const timer = setTimeout(() => {
      const pieces = runs.map(async (run) => {
        const curve = found.get(run)?.curves.find((piece) => piece.stage === stage);
        if (curve === undefined) return [];
        const [from, to] = stepRange(curve, view, range);
        const query = {
          stage,
          from: String(from),
          to: String(to),
          buckets: String(Math.min(1200, Math.ceil(innerWidth / 2))),
        };
        const { curves } = await read<CurvesMessage>(curvesAddress(run, query));
        return curves.map((piece) => [detailKey(run, piece.metric), piece] as const);
      });
      void Promise.all(pieces).then(
        (read) => latestKey.current === key && setDetails(new Map(read.flat())),
        () => undefined,
      );
    }, settledMs);
    return () => clearTimeout(timer);
  }, [key, found]);
  return range === undefined ? none : details;
}

/** The steps of a range of the x axis, which grows with them. */
function stepRange(piece: CurvePiece, { stepX }: CurveView, range: Range): [number, number] {
  const stepAt = (x: number): number => {
    let [low, high] = [piece.from, piece.to];
    while (high - low > 0.5) {
      const middle = (low + high) / 2;
      if ((stepX(piece, middle) ?? -Infinity) < x) low = middle;
      else high = middle;
    }
    return low;
  };
  return [Math.floor(stepAt(range[0])), Math.ceil(stepAt(range[1])) + 1];
}
