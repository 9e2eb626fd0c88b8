import { degrees } from "../../graph/algorithms/degree.js";
import type { Graph } from "../../graph/graph.js";
import { layout } from "../../graph/layout.js";

/** Larger graphs cannot be drawn legibly. */
export const maxDrawn = 300;

const side = 820;
const margin = 40;
const hues = 10;
const maxLabels = 40;

interface DrawingProps {
  graph: Graph;
  labels: readonly string[];
  /** [nodes] a number each: of a community or a component. */
  groups: ArrayLike<number>;
}

/**
 * A small graph as SVG: node sizes follow the root of the degree, colored by group, the largest
 * with their labels.
 */
export function Drawing({ graph, labels, groups }: DrawingProps) {
  const places = layout(graph);
  const [x, y] = [places.x, places.y].map((values) => Array.from(values, (at) => margin + at * (side - 2 * margin)));
  const { total } = degrees(graph);
  const radius = total.map((degree) => 3 + 1.1 * Math.sqrt(degree));
  const above = (node: number) => ({ x: x![node]!, y: y![node]! - radius[node]! - 3 });
  return (
    <svg class="network" viewBox={`0 0 ${side} ${side}`} role="img" aria-label="the graph">
      <path class="edges" d={edges(graph, x!, y!)} />
      {labels.map((label, v) => (
        <circle
          cx={x![v]!.toFixed(1)}
          cy={y![v]!.toFixed(1)}
          r={radius[v]!.toFixed(1)}
          class={`hue-${groups[v]! % hues}`}
        >
          <title>{`${label}: ${total[v]} ${total[v] === 1 ? "edge" : "edges"}`}</title>
        </circle>
      ))}
      {nodeLabels(labels, total, above).map((label) => (
        <text x={label.x.toFixed(1)} y={label.y.toFixed(1)}>
          {label.text}
        </text>
      ))}
    </svg>
  );
}

function edges({ nodes, out, directed }: Graph, x: readonly number[], y: readonly number[]): string {
  const parts: string[] = [];
  const at = (node: number): string => `${x[node]!.toFixed(1)} ${y[node]!.toFixed(1)}`;
  for (let v = 0; v < nodes; v++)
    for (const w of out.targets.subarray(out.offsets[v], out.offsets[v + 1]))
      if (directed || w >= v) parts.push(`M${at(v)}L${at(w)}`);
  return parts.join("");
}

interface Label {
  text: string;
  x: number;
  y: number;
}

/** Labels of the nodes with the most edges, without those that would overlap another. */
function nodeLabels(
  labels: readonly string[],
  total: Float64Array,
  nodePosition: (node: number) => { x: number; y: number },
): Label[] {
  const largest = labels.map((_, v) => v).sort((a, b) => total[b]! - total[a]! || a - b);
  const placed: Label[] = [];
  const width = ({ text }: Label): number => 6 * text.length;
  for (const v of largest.slice(0, maxLabels)) {
    const own = { text: labels[v]!, ...nodePosition(v) };
    const isHit = placed.some(
      (one) => Math.abs(one.x - own.x) < (width(one) + width(own)) / 2 && Math.abs(one.y - own.y) < 12,
    );
    if (!isHit) placed.push(own);
  }
  return placed;
}
