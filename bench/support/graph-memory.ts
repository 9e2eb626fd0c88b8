/** NODES EDGES [weighted]: prints how much memory building a graph takes at its peak, bytes an edge, the list of edges included. */
import { readFileSync } from "node:fs";
import { buildGraph } from "../../graph/build.js";
import type { EdgeList } from "../../graph/graph.js";
import { hubEdges } from "./graph-edges.js";

const [nodes, edges] = process.argv.slice(2, 4).map(Number) as [number, number];
const weighted = process.argv[4] === "weighted";
const list = (n: number, m: number): EdgeList => ({
  ...hubEdges(n, m),
  ...(weighted && { weights: new Float64Array(m).fill(0.5) }),
});
/** Of this program alone; `maxRSS` is inherited from the process that started it. */
const peak = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
buildGraph(list(10, 100), { directed: true, selfLoops: "drop", duplicates: "sum" });
const before = peak();
const built = buildGraph(list(nodes, edges), { directed: true, selfLoops: "drop", duplicates: "sum" });
process.stdout.write(`${JSON.stringify({ bytes: (peak() - before) / edges, edges: built.graph.edges })}\n`);
