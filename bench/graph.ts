/**
 * `npm run bench -- graph`: features of a graph of 100,000 nodes and 1,000,000 edges with hubs, against networkx and igraph;
 * exact betweenness against igraph on 5,000 nodes and 50,000 edges; and the memory of building a graph of 10,000,000 edges. Every
 * result is compared with the peer's. All take turns, after a few runs that let the compiler warm up; medians of the processor's time,
 * which other programs on the machine disturb less than the clock; computations in 2 threads (which are up already) by the clock.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { betweenness } from "../graph/betweenness.js";
import { buildGraph } from "../graph/build.js";
import { triangles } from "../graph/clustering.js";
import { strongComponents, weakComponents } from "../graph/components.js";
import { coreNumbers } from "../graph/core.js";
import { degrees } from "../graph/degree.js";
import type { Graph } from "../graph/graph.js";
import { pagerank } from "../graph/pagerank.js";
import { Threads } from "../graph/parallel/threads.js";
import { interleaved, report, row, type Row } from "./harness.js";
import { GraphPeers, peerVersions, type Measured, type Peer } from "./peers/graph.js";
import { hubEdges, simpleEdges, uniformEdges } from "./support/graph-edges.js";

type Columns = Record<string, ArrayLike<number>>;

const rounds = 7;
const warmUp = 20;
const options = { directed: true, selfLoops: "drop", duplicates: "first" } as const;

/** The smallest node of each node's component, as the peers' columns have it. */
function smallest(id: Uint32Array): ArrayLike<number> {
  const first = new Map<number, number>();
  id.forEach((component, v) => first.has(component) || first.set(component, v));
  return id.map((component) => first.get(component)!);
}

const features: Record<string, (graph: Graph) => Promise<() => Columns> | (() => Columns)> = {
  degree: (graph) => {
    const found = degrees(graph);
    return () => ({ in: found.in, out: found.out });
  },
  pagerank: async (graph) => {
    const found = await pagerank(graph, { tolerance: 1e-10 });
    return () => ({ pagerank: found });
  },
  components: (graph) => {
    const weak = weakComponents(graph);
    const strong = strongComponents(graph);
    return () => ({ weak: smallest(weak.id), strong: smallest(strong.id) });
  },
  core: (graph) => {
    const found = coreNumbers(graph);
    return () => ({ core: found });
  },
  triangles: async (graph) => {
    const found = await triangles(graph);
    return () => ({ triangles: found });
  },
};

async function measure<T>(compute: () => Promise<T> | T): Promise<Measured & { result: T }> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = await compute();
  const clock = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { clock, processor: (user + system) / 1000, result };
}

/** Fails where a peer finds something else. */
function compare(feature: string, peer: Peer, ours: Columns, peers: GraphPeers): void {
  for (const [name, column] of Object.entries(ours)) {
    const theirs = peers.column(name);
    let far = column.length === theirs.length ? 0 : Infinity;
    for (let v = 0; v < theirs.length; v++)
      far = Math.max(far, Math.abs(column[v]! - theirs[v]!) / Math.max(1, Math.abs(theirs[v]!)));
    if (!(far <= 1e-9)) throw new Error(`${feature}: ${name} differs from ${peer}'s by up to ${far}`);
  }
}

async function rowsOf(feature: string, graph: Graph, peers: GraphPeers | undefined): Promise<Row[]> {
  const compute = features[feature]!;
  const ours = (await measure(() => compute(graph))).result();
  for (let run = 0; run < warmUp; run++) await compute(graph);
  const slow = await peers?.compute("networkx", feature);
  if (peers) compare(feature, "networkx", ours, peers);
  const medians = await interleaved(rounds, {
    ours: async () => [(await measure(() => compute(graph))).processor],
    igraph: async () => (peers ? [(await peers.compute("igraph", feature)).processor] : []),
  });
  if (peers) compare(feature, "igraph", ours, peers);
  const figure = { unit: "ms", ours: medians.ours, bounds: "ratio", better: "lower" } as const;
  return [
    row({ ...figure, what: `${feature}, against networkx`, peer: slow?.processor, atLeast: 0.0333, aim: 0.01 }),
    row({ ...figure, what: `${feature}, against igraph`, peer: peers && medians.igraph, atLeast: 1.5, aim: 1 }),
  ];
}

async function inThreads(
  feature: string,
  compute: (threads: Threads) => Promise<Columns>,
  peers: GraphPeers | undefined,
): Promise<Row> {
  const threads = new Threads(2);
  const ours = await compute(threads);
  const medians = await interleaved(rounds, {
    ours: async () => [(await measure(() => compute(threads))).clock],
    igraph: async () => (peers ? [(await peers.compute("igraph", feature)).clock] : []),
  });
  await threads.close();
  if (peers) compare(feature, "igraph", ours, peers);
  return row({
    what: `${feature} in 2 threads, against igraph, by the clock`,
    unit: "ms",
    ours: medians.ours,
    peer: peers && medians.igraph,
    bounds: "ratio",
    better: "lower",
    atLeast: 1.5,
    aim: 1,
  });
}

function memory(weights: "weighted" | "without weights"): Row {
  const script = path.join(import.meta.dirname, "support", "graph-memory.js");
  const printed = execFileSync(process.execPath, [script, "1000000", "10000000", weights], { encoding: "utf8" });
  const { bytes } = JSON.parse(printed) as { bytes: number };
  const what = `peak memory of building a graph of 10 M edges, ${weights}, its list included, by edge`;
  return row({ what, unit: "bytes", ours: bytes, bounds: "ours", better: "lower", atLeast: 60, aim: 30 });
}

async function largeGraph(peers: GraphPeers | undefined): Promise<Row[]> {
  const { graph } = buildGraph(hubEdges(100_000, 1_000_000), options);
  await peers?.load(simpleEdges({ nodes: graph.nodes, ...graph.out }));
  const rows: Row[] = [];
  for (const feature of Object.keys(features)) rows.push(...(await rowsOf(feature, graph, peers)));
  rows.push(await inThreads("triangles", async (threads) => ({ triangles: await triangles(graph, threads) }), peers));
  return rows;
}

async function exactBetweenness(peers: GraphPeers | undefined): Promise<Row> {
  const { graph } = buildGraph(uniformEdges(5000, 50_000), options);
  await peers?.load(simpleEdges({ nodes: graph.nodes, ...graph.out }));
  const compute = async (threads: Threads): Promise<Columns> => {
    const { values } = await betweenness(graph, threads, { normalized: false });
    return { betweenness: values };
  };
  return inThreads("betweenness", compute, peers);
}

const peers = GraphPeers.open();
const rows = [
  ...(await largeGraph(peers)),
  await exactBetweenness(peers),
  memory("without weights"),
  memory("weighted"),
];
peers?.close();
report("graph", rows, peers ? peerVersions : {});
