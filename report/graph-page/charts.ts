import type * as PlotModule from "@observablehq/plot";
import type { Histogram } from "./histogram.js";

/** Charts as SVG, drawn by Observable Plot in a document of linkedom; colors are the page's CSS variables. */
export interface Charts {
  bars(histogram: Histogram): string;
  heatMap(names: readonly string[], values: readonly (readonly number[])[]): string;
}

export async function openCharts(): Promise<Charts> {
  const [Plot, { parseHTML }] = await Promise.all([import("@observablehq/plot"), import("linkedom")]);
  // Typed for browsers, whose types this project does not load.
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as { document: never };
  const draw = (options: PlotModule.PlotOptions): string => {
    const drawn: unknown = Plot.plot({ ...options, document });
    return (drawn as { outerHTML: string }).outerHTML;
  };
  return {
    bars: ({ bars, logarithmic }) =>
      draw({
        width: 280,
        height: 120,
        marginLeft: 40,
        marginRight: 12,
        marginTop: 8,
        marginBottom: 22,
        x: { type: logarithmic ? "log" : "linear", label: null, ticks: 4, tickFormat: short },
        y: { label: null, ticks: 3, tickFormat: short },
        marks: [
          Plot.rectY(bars, {
            x1: "from",
            x2: "to",
            y: "count",
            fill: "var(--accent)",
            insetLeft: 0.5,
            insetRight: 0.5,
          }),
          Plot.ruleY([0], { stroke: "currentColor", strokeOpacity: 0.4 }),
        ],
      }),
    heatMap: (names, values) => draw(heatMapOptions(Plot, names, values)),
  };
}

function heatMapOptions(
  Plot: typeof PlotModule,
  names: readonly string[],
  values: readonly (readonly number[])[],
): PlotModule.PlotOptions {
  const cells = names.flatMap((row, i) =>
    names.map((column, j) => ({
      row,
      column,
      value: values[i]![j]!,
      title: `${row} · ${column}: ${sign(values[i]![j]!)}`,
    })),
  );
  const known = cells.filter(({ value }) => !Number.isNaN(value));
  const cell = Math.max(14, Math.min(34, 760 / names.length));
  const margin = 10 + 6.2 * Math.max(...names.map((name) => name.length));
  const size = Math.round(cell * names.length + margin);
  return {
    width: size + 10,
    height: size + 10,
    marginLeft: margin,
    marginBottom: margin,
    marginTop: 5,
    marginRight: 5,
    x: { domain: names, label: null, tickRotate: -90, tickSize: 0 },
    y: { domain: names, label: null, tickSize: 0 },
    marks: [
      Plot.cell(known, {
        x: "column",
        y: "row",
        fill: ({ value }: { value: number }) => (value < 0 ? "var(--negative)" : "var(--accent)"),
        fillOpacity: ({ value }: { value: number }) => Math.abs(value),
        title: "title",
        inset: 0.5,
      }),
    ],
    color: { type: "identity" },
    opacity: { type: "identity" },
  };
}

const sign = (value: number): string => (Number.isNaN(value) ? "none" : value.toFixed(2).replace("-", "−"));

/** Three digits, with k and M. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  if (size !== 0 && size < 1e-3) return value.toExponential(0);
  return String(Number(value.toPrecision(3)));
}
