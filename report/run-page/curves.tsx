import { fitAxis } from "../components/axis.js";
import { Swatch } from "../components/comparison.js";
import { LineChart, type Frame } from "../components/line-chart.js";
import type { Curve } from "../run/curves.js";
import { curveText } from "../run/curve-text.js";

/** The curves of one metric of one stage, by run; undefined: the run has no such curve. */
export interface Panel {
  stage: string;
  metric: string;
  curves: readonly (Curve | undefined)[];
}

/** Charts of a page: more are slow to read and to load. */
const maxCharts = 240;
const frame: Frame = { left: 44, right: 312, top: 8, bottom: 116 };
/** Parts of the steps of which a curve keeps the extremes: one for each two pixels. */
export const chartBuckets = (frame.right - frame.left) / 2;

interface CurvesProps {
  panels: readonly Panel[];
  /** The command that prints all curves. */
  rest: string;
  /** Ids of the runs, if there are several. */
  runs?: readonly string[];
}

/**
 * Small multiples by stage: metrics that stage types declare first, others folded. Of more panels
 * than fit into a page, the first ones of each stage are drawn.
 */
export function Curves({ panels, rest, runs }: CurvesProps) {
  const drawn = new Set(firstOfEach(panels));
  const stages = [...new Set(panels.map(({ stage }) => stage))];
  return (
    <>
      <p class="muted">
        By step; bars on the axis are checkpoints, triangles are places where a later attempt resumed.
      </p>
      {runs && (
        <p>
          {runs.map((name, run) => (
            <>
              <Swatch index={run} /> {name}{" "}
            </>
          ))}
          · equal curves are left out
        </p>
      )}
      {stages.map((stage) => (
        <StageCurves stage={stage} panels={panels.filter((panel) => panel.stage === stage && drawn.has(panel))} />
      ))}
      {panels.length > drawn.size && (
        <p class="muted">
          {panels.length - drawn.size} more curves: <code>{rest}</code>
        </p>
      )}
    </>
  );
}

/**
 * Panels in the order in which they are drawn until the page is full: the first of every stage,
 * then the second.
 */
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

function StageCurves({ stage, panels }: { stage: string; panels: readonly Panel[] }) {
  if (panels.length === 0) return null;
  const declared = panels.filter(({ curves }) => curves.some((curve) => curve?.declared));
  const first = declared.length > 0 ? declared : panels;
  const others = panels.filter((panel) => !first.includes(panel));
  return (
    <>
      <h3>{stage}</h3>
      <Charts panels={first} />
      {others.length > 0 && (
        <details>
          <summary>
            {others.length} more of {stage}: {others.map(({ metric }) => metric).join(", ")}
          </summary>
          <Charts panels={others} />
        </details>
      )}
    </>
  );
}

const Charts = ({ panels }: { panels: readonly Panel[] }) => (
  <div class="charts">
    {panels.map((panel) => (
      <Chart {...panel} />
    ))}
  </div>
);

function Chart({ stage, metric, curves }: Panel) {
  const known = curves.flatMap((curve) => curve ?? []);
  const { unit } = known.find(({ declared }) => declared)?.declared ?? {};
  return (
    <div class="chart">
      {/* A single value is no curve: the caption has it. */}
      {known.some(({ points }) => points.length > 1) && <Picture {...{ stage, metric, curves }} />}
      <div class="caption">
        <b>{metric}</b>
        {unit && unit !== "1" && ` ${unit}`}
        {curves.map(
          (curve, run) =>
            curve && (
              <>
                <br />
                {curves.length > 1 && <Swatch index={run} />} {curveText(curve)}
              </>
            ),
        )}
      </div>
    </div>
  );
}

function Picture({ stage, metric, curves }: Panel) {
  const known = curves.flatMap((curve) => curve ?? []);
  const points = known.flatMap((curve) => curve.points);
  const x = fitAxis(
    points.map(([step]) => step),
    [frame.left, frame.right],
  );
  const y = fitAxis(
    points.map(([, value]) => value),
    [frame.bottom, frame.top],
  );
  const within = (steps: readonly number[]): number[] => steps.map((step) => Math.min(x.to, Math.max(x.from, step)));
  const lines = curves.flatMap((curve, color) => (curve ? [{ color, points: curve.points }] : []));
  const id = `c-${stage}-${metric}`.replace(/[^\w-]/g, "_");
  return (
    <svg viewBox="0 0 320 140" role="img" aria-labelledby={`${id}t ${id}d`}>
      <title id={`${id}t`}>
        {metric} of {stage} by step
      </title>
      <desc id={`${id}d`}>{known.map(curveText).join("; ")}</desc>
      <LineChart
        {...{ frame, x, y, lines }}
        checkpoints={within(known[0]!.checkpoints)}
        retries={within(known[0]!.retries)}
      />
    </svg>
  );
}
