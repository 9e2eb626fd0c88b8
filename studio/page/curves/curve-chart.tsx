import { useId, useMemo } from "preact/hooks";
import { short } from "../../../report/components/axis.js";
import { LineChart } from "../../../report/components/line-chart.js";
import { useWidth } from "../use-width.js";
import { chartHeight, drawnChart, type ChartProps, type Line } from "./chart.js";
import { drawnPoints, nearestPoint, type CurveView } from "./curve-view.js";
import { saveChart } from "./save-chart.js";
import { useNavigation } from "./use-navigation.js";

/**
 * Curves of one metric; dragging zooms, the wheel too, shift and dragging moves, two clicks show
 * all.
 */
export function CurveChart(props: ChartProps) {
  const { title, unit, description, lines, view, range, ends, cursor } = props;
  const clip = useId();
  const [picture, width] = useWidth<SVGSVGElement>();
  const chart = useMemo(() => width && drawnChart(props, width), [lines, view, range, ends, width]);
  const drawing = useMemo(() => chart && <LineChart {...chart} clip={clip} />, [chart]);
  const { dragged, acts } = useNavigation(chart ? chart.x : undefined, props);
  const isInSight = chart && cursor !== undefined && cursor >= chart.x.from && cursor <= chart.x.to;
  return (
    <figure class="chart">
      <figcaption title={description}>
        <b>{title}</b> {unit !== undefined && <span class="muted">{unit}</span>}
        <button
          type="button"
          class="quiet chart-file"
          aria-label={`Download ${title} as SVG`}
          onClick={() => chart && saveChart(props, chart)}
        >
          SVG
        </button>
      </figcaption>
      <svg
        ref={picture}
        class="plot"
        height={chartHeight}
        tabindex={0}
        role="img"
        aria-label={`${title}: ${lines.map(inWords).join("; ")}. Keys: + and - zoom, arrows move, 0 shows all.`}
        {...acts}
      >
        {drawing}
        {isInSight && <path class="checkpoint" d={`M${chart.x.of(cursor)} ${chart.frame.top}V${chart.frame.bottom}`} />}
        {chart && dragged && (
          <rect
            class="dragged"
            x={dragged[0]}
            y={chart.frame.top}
            width={dragged[1] - dragged[0]}
            height={chart.frame.bottom - chart.frame.top}
          />
        )}
      </svg>
      <div class="chart-values">
        {lines.map((line) => (
          <Reading key={line.run} line={line} view={view} cursor={cursor} isOnly={lines.length === 1} />
        ))}
      </div>
    </figure>
  );
}

interface ReadingProps {
  line: Line;
  view: CurveView;
  cursor: number | undefined;
  isOnly: boolean;
}

/** The value under the crosshair, or the last one. */
function Reading({ line, view, cursor, isOnly }: ReadingProps) {
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
