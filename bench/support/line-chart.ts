import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

export interface Line {
  name: string;
  points: { x: number; y: number; label: string }[];
}

/** Lines through points, x on a logarithmic axis of base 2, as an SVG file's text. */
export function lineChart({ title, x, y, lines }: { title: string; x: string; y: string; lines: Line[] }): string {
  // Typed for browsers, whose types this project does not load.
  const { document } = parseHTML("<!doctype html><html><body></body></html>") as unknown as { document: never };
  const points = lines.flatMap(({ name, points }) => points.map((point) => ({ ...point, name })));
  const drawn: unknown = Plot.plot({
    document,
    width: 720,
    height: 420,
    marginLeft: 60,
    marginRight: 60,
    marginTop: 40,
    insetTop: 20,
    insetRight: 20,
    x: { type: "log", base: 2, label: x, tickFormat: "d" },
    y: { label: `${title}: ${y}`, grid: true, nice: true },
    color: { domain: lines.map(({ name }) => name) },
    marks: [
      Plot.line(points, { x: "x", y: "y", stroke: "name" }),
      Plot.dot(points, { x: "x", y: "y", fill: "name" }),
      Plot.text(points, { x: "x", y: "y", text: "label", dy: -12, fontSize: 9 }),
      Plot.text(lines, {
        x: (line: Line) => line.points.at(-1)!.x,
        y: (line: Line) => line.points.at(-1)!.y,
        text: "name",
        dx: 12,
        textAnchor: "start",
        fill: "name",
      }),
    ],
  });
  const svg = (drawn as { outerHTML: string }).outerHTML;
  return `${svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')}\n`;
}
