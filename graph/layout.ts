import { greatest, least } from "../platform/extremes.js";
import type { Graph } from "./graph.js";

const steps = 300;

/**
 * Places for a small graph's nodes in the square from 0 to 1: forces between all nodes and along
 * edges, cooling down (Fruchterman and Reingold 1991), with a weak pull to the middle so that parts
 * stay together. It starts from a spiral and uses no random numbers: the same graph has the same
 * places. Time grows with the square of the nodes.
 * @returns [nodes] each
 */
export function layout(graph: Graph): { x: Float64Array; y: Float64Array } {
  const { nodes } = graph;
  const golden = Math.PI * (3 - Math.sqrt(5));
  const x = Float64Array.from({ length: nodes }, (_, i) => Math.sqrt((i + 0.5) / nodes) * Math.cos(i * golden));
  const y = Float64Array.from({ length: nodes }, (_, i) => Math.sqrt((i + 0.5) / nodes) * Math.sin(i * golden));
  const [moveX, moveY] = [new Float64Array(nodes), new Float64Array(nodes)];
  const ideal = 1.6 / Math.sqrt(Math.max(1, nodes));
  for (let step = 0; step < steps; step++) {
    moveX.fill(0);
    moveY.fill(0);
    repel(x, y, moveX, moveY, ideal);
    attract(graph, x, y, moveX, moveY, ideal);
    const heat = 0.12 * (1 - step / steps) ** 1.5;
    for (let v = 0; v < nodes; v++) {
      const length = Math.hypot(moveX[v]!, moveY[v]!) || 1;
      const move = Math.min(length, heat) / length;
      x[v]! += moveX[v]! * move;
      y[v]! += moveY[v]! * move;
    }
  }
  return toSquare(x, y);
}

type Places = Float64Array;

function repel(x: Places, y: Places, moveX: Places, moveY: Places, ideal: number): void {
  for (let v = 0; v < x.length; v++) {
    moveX[v]! -= 0.4 * x[v]! * ideal;
    moveY[v]! -= 0.4 * y[v]! * ideal;
    for (let w = 0; w < v; w++) {
      const [dx, dy] = [x[v]! - x[w]!, y[v]! - y[w]!];
      const force = (ideal * ideal) / Math.max(1e-6, dx * dx + dy * dy);
      moveX[v]! += dx * force;
      moveY[v]! += dy * force;
      moveX[w]! -= dx * force;
      moveY[w]! -= dy * force;
    }
  }
}

function attract({ out }: Graph, x: Places, y: Places, moveX: Places, moveY: Places, ideal: number): void {
  for (let v = 0; v < x.length; v++)
    for (let i = out.offsets[v]!; i < out.offsets[v + 1]!; i++) {
      const w = out.targets[i]!;
      const [dx, dy] = [x[v]! - x[w]!, y[v]! - y[w]!];
      const force = (0.5 * Math.hypot(dx, dy)) / ideal;
      moveX[v]! -= dx * force;
      moveY[v]! -= dy * force;
      moveX[w]! += dx * force;
      moveY[w]! += dy * force;
    }
}

function toSquare(x: Places, y: Places): { x: Places; y: Places } {
  const range = (values: Places) => {
    const from = least(values);
    return { from, size: greatest(values) - from };
  };
  const [ofX, ofY] = [range(x), range(y)];
  const size = Math.max(ofX.size, ofY.size) || 1;
  const place = (values: Places, { from, size: own }: { from: number; size: number }): Places =>
    values.map((value) => (value - from + (size - own) / 2) / size);
  return { x: place(x, ofX), y: place(y, ofY) };
}
