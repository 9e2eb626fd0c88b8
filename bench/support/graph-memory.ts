/** A process that reports how much memory a graph takes: prints bytes an edge at its peak, the list of edges included. */
import { readFileSync } from "node:fs";
import { buildGraph } from "../../graph/build.js";
import { hubEdges } from "./graph-edges.js";

const [nodes, edges] = process.argv.slice(2).map(Number) as [number, number];
/** Of this program alone; `maxRSS` is inherited from the process that started it. */
const peak = (): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
buildGraph(hubEdges(10, 100), { directed: true, selfLoops: "drop", duplicates: "sum" });
const before = peak();
const built = buildGraph(hubEdges(nodes, edges), { directed: true, selfLoops: "drop", duplicates: "sum" });
process.stdout.write(`${JSON.stringify({ bytes: (peak() - before) / edges, edges: built.graph.edges })}\n`);
