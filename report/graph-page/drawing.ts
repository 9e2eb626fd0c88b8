import { degrees } from "../../graph/algorithms/degree.js";
import type { Graph } from "../../graph/graph.js";
import { layout } from "../../graph/layout.js";
import { escapeHtml } from "../escape.js";

/** Larger graphs cannot be drawn legibly. */
export const maxDrawn = 300;

const side = 820;
const margin = 40;
const hues = 10;
const maxLabels = 40;

/**
 * A small graph as SVG: node sizes follow the root of the degree, colored by group, the largest with their labels.
 * @param groups [nodes] a number each: of a community or a component
 */
export function drawing(graph: Graph, labels: readonly string[], groups: ArrayLike<number>): string {
  const { x, y } = layout(graph);
  const at = (value: number): string => (margin + value * (side - 2 * margin)).toFixed(1);
  const { total } = degrees(graph);
  const radius = total.map((degree) => 3 + 1.1 * Math.sqrt(degree));
  const edges: string[] = [];
  for (let v = 0; v < graph.nodes; v++)
    for (let i = graph.out.offsets[v]!; i < graph.out.offsets[v + 1]!; i++) {
      const w = graph.out.targets[i]!;
      if (!graph.directed && w < v) continue;
      edges.push(`M${at(x[v]!)} ${at(y[v]!)}L${at(x[w]!)} ${at(y[w]!)}`);
    }
  const circles = labels.map((label, v) => {
    const place = `cx="${at(x[v]!)}" cy="${at(y[v]!)}" r="${radius[v]!.toFixed(1)}"`;
    const title = `${label}: ${total[v]} ${total[v] === 1 ? "edge" : "edges"}`;
    return `<circle ${place} class="hue-${groups[v]! % hues}"><title>${escapeHtml(title)}</title></circle>`;
  });
  const texts = shownLabels(labels, total, (v) => ({
    x: margin + x[v]! * (side - 2 * margin),
    y: margin + y[v]! * (side - 2 * margin) - radius[v]! - 3,
  }));
  return [
    `<svg class="graph" viewBox="0 0 ${side} ${side}" role="img" aria-label="the graph">`,
    `<path class="edges" d="${edges.join("")}"/>`,
    ...circles,
    ...texts,
    "</svg>",
  ].join("\n");
}

/** Labels of the nodes with the most edges, without those that would overlap another. */
function shownLabels(
  labels: readonly string[],
  total: Float64Array,
  placeOf: (node: number) => { x: number; y: number },
): string[] {
  const largest = labels.map((_, v) => v).sort((a, b) => total[b]! - total[a]! || a - b);
  const placed: { x: number; y: number; width: number }[] = [];
  return largest.slice(0, maxLabels).flatMap((v) => {
    const own = { ...placeOf(v), width: 6 * labels[v]!.length };
    const hit = placed.some(
      ({ x, y, width }) => Math.abs(x - own.x) < (width + own.width) / 2 && Math.abs(y - own.y) < 12,
    );
    if (hit) return [];
    placed.push(own);
    return [`<text x="${own.x.toFixed(1)}" y="${own.y.toFixed(1)}">${escapeHtml(labels[v]!)}</text>`];
  });
}
