import { useMemo, useState } from "preact/hooks";
import type { CurvePiece } from "../../messages.js";
import { setQuery, usePlace } from "../router.js";
import type { Line, Range } from "./chart.js";
import { CurveChart } from "./curve-chart.js";
import { omissionReason, type CurveView, type XName } from "./curve-view.js";
import type { Found } from "./use-curves.js";
import { detailKey, useDetails } from "./use-details.js";

interface StageCurvesProps {
  stage: string;
  runs: readonly string[];
  found: Found;
  view: CurveView;
}

/**
 * The curves of one stage share their crosshair and the range in sight, which the address keeps.
 */
export function StageCurves({ stage, runs, found, view }: StageCurvesProps) {
  const { query } = usePlace();
  const [cursor, setCursor] = useState<number>();
  const zoom = query.get("zoom");
  const range = useMemo(() => rangeIn(zoom, stage, view.x), [zoom, stage, view.x]);
  const details = useDetails(stage, runs, found, view, range);
  const { steps, charts, ends, leftOut } = useMemo(
    () => stageCharts(curvePieces(stage, runs, found), details, view),
    [stage, runs.join(), found, details, view],
  );
  const setRange = (next: Range | undefined): void =>
    setQuery({ zoom: next && `${stage}:${view.x}:${next.map((value) => Number(value.toPrecision(7))).join(":")}` });
  return (
    <section class="stage-curves" aria-label={`Curves of ${stage}`}>
      <div class="panel-heading">
        <h2>{stage}</h2>
        <span class="muted">{steps !== undefined && `${steps.toLocaleString("en-US")} steps`}</span>
        {range && (
          <button type="button" class="quiet" onClick={() => setRange(undefined)}>
            show all
          </button>
        )}
        {leftOut.map((text) => (
          <span key={text} class="muted">
            {text}
          </span>
        ))}
      </div>
      <div class="charts">
        {charts.map((chart) => (
          <CurveChart
            key={chart.title}
            {...{ ...chart, ends, view, range, cursor }}
            onCursor={setCursor}
            onRange={setRange}
          />
        ))}
      </div>
    </section>
  );
}

/** `STAGE:X:FROM:TO` of the address, if it is of this stage and axis. */
function rangeIn(text: string | null, stage: string, x: XName): Range | undefined {
  const parts = text?.split(":") ?? [];
  const [from, to] = parts.slice(-2).map(Number);
  if (parts.slice(0, -3).join(":") !== stage || parts.at(-3) !== x) return undefined;
  return from !== undefined && to !== undefined && from < to ? [from, to] : undefined;
}

/** The curves of a stage, by run. */
const curvePieces = (stage: string, runs: readonly string[], found: Found): [run: string, pieces: CurvePiece[]][] =>
  runs.map((run) => [run, found.get(run)?.curves.filter((piece) => piece.stage === stage) ?? []]);

/**
 * A chart for each metric of the first run, and the runs whose curves have no place on the x axis,
 * with the reason.
 */
function stageCharts(
  pieces: readonly [run: string, pieces: CurvePiece[]][],
  details: ReadonlyMap<string, CurvePiece>,
  { x, stepX }: CurveView,
) {
  const [, own = []] = pieces[0] ?? [];
  const lines = (metric: string): Line[] =>
    pieces.flatMap(([run, all], color) => {
      const piece = all.find((each) => each.metric === metric);
      const detail = details.get(detailKey(run, metric));
      return !piece || omissionReason(piece, x) !== undefined
        ? []
        : [{ run, color, whole: piece, ...(detail && { detail }) }];
    });
  const charts = own.map(({ metric, declared }) => ({
    ...{ title: metric, lines: lines(metric) },
    ...(declared && { description: declared.description }),
    ...(declared && declared.unit !== "1" && { unit: declared.unit }),
  }));
  return {
    steps: own[0]?.to,
    charts: charts.filter((chart) => chart.lines.length > 0),
    ends: pieces.flatMap(([, all]) =>
      all.flatMap((piece) => [piece.from, piece.to].flatMap((at) => stepX(piece, at) ?? [])),
    ),
    leftOut: pieces.flatMap(([run, [piece]]) => {
      const why = piece && omissionReason(piece, x);
      return why === undefined ? [] : [`not shown by ${x}: ${pieces.length > 1 ? `${run}, ` : ""}${why}`];
    }),
  };
}
