import { render } from "preact";
import { LineChart, type LineChartProps } from "../../../report/components/line-chart.js";
import { saveFile } from "../save-file.js";
import { chartHeight, type ChartProps } from "./chart.js";

/** Of the title and each line of the legend, px. */
const lineHeight = 18;
/** What style sheets say of a chart: a file has none. */
const styles = ["fill", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size"];

/** Saves a chart as SVG: what is drawn on the screen, and below it its title and the legend. */
export function saveChart({ title, unit, lines, view }: ChartProps, chart: LineChartProps): void {
  const stage = lines[0]?.whole.stage ?? "";
  const heading = `${title}${unit === undefined ? "" : ` (${unit})`} of ${stage} by ${view.x === "time" ? "time (s)" : view.x}`;
  const place = document.createElement("div");
  document.body.append(place);
  render(<ChartFile heading={heading} runs={lines.map(({ run }) => run)} chart={chart} />, place);
  for (const element of place.querySelectorAll("svg *")) {
    const style = getComputedStyle(element);
    for (const name of styles) element.setAttribute(name, style.getPropertyValue(name));
  }
  const text = new XMLSerializer().serializeToString(place.firstElementChild!);
  place.remove();
  saveFile(`${lines[0]?.run}-${stage}-${title}.svg`.replace(/[^\w.-]+/g, "-"), `${text}\n`, "image/svg+xml");
}

function ChartFile({ heading, runs, chart }: { heading: string; runs: readonly string[]; chart: LineChartProps }) {
  const { left, right } = chart.frame;
  const [width, height] = [right + 12, chartHeight + lineHeight * (1 + runs.length)];
  return (
    <svg class="plot" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img">
      <title>{heading}</title>
      <rect class="ground" width={width} height={height} />
      <LineChart {...chart} clip="clip" />
      <text class="legend-text" x={left} y={chartHeight + lineHeight / 2}>
        {heading}
      </text>
      {runs.map((run, i) => {
        const y = chartHeight + lineHeight * (i + 1.5);
        return (
          <g key={run}>
            <rect class={`legend-color line-${chart.lines[i]!.color}`} x={left} y={y - 8} width={8} height={8} />
            <text class="legend-text" x={left + 14} y={y}>
              {run}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
