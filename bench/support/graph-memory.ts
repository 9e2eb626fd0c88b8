/**
 * NODES EDGES [weighted]: prints how much memory building a graph takes at its peak, bytes an edge,
 * the list of edges included.
 */
import { buildGraph } from "../../graph/build.js";
import type { EdgeList } from "../../graph/graph.js";
import { hubEdges } from "./graph-edges.js";
import { peakMemory } from "./process-memory.js";

const [nodes, edges] = process.argv.slice(2, 4).map(Number) as [number, number];
const weighted = process.argv[4] === "weighted";
const list = (n: number, m: number): EdgeList => ({
  ...hubEdges(n, m),
  ...(weighted && { weights: new Float64Array(m).fill(0.5) }),
});
buildGraph(list(10, 100), { directed: true, selfLoops: "drop", duplicates: "sum" });
const before = peakMemory();
const built = buildGraph(list(nodes, edges), { directed: true, selfLoops: "drop", duplicates: "sum" });
process.stdout.write(`${JSON.stringify({ bytes: (peakMemory() - before) / edges, edges: built.graph.edges })}\n`);
