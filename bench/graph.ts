/**
 * `npm run bench -- graph`: features of a graph of 100,000 nodes and 1,000,000 edges with hubs,
 * against networkx and igraph; exact betweenness against igraph on 5,000 nodes and 50,000 edges;
 * and the memory of building a graph of 10,000,000 edges. Every result is compared with the peer's.
 * The sides take turns, after one that lets the compiler warm up; in a turn a side computes
 * repeatedly for half a second. Medians and quartiles of processor time, which other programs on
 * the machine disturb less than the clock; computations in 2 threads (which are up already) by the
 * clock as well.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";
import { betweenness } from "../graph/algorithms/betweenness.js";
import { buildGraph } from "../graph/build.js";
import { triangles } from "../graph/algorithms/clustering.js";
import { strongComponents, weakComponents } from "../graph/algorithms/components.js";
import { coreNumbers } from "../graph/algorithms/core.js";
import { degrees } from "../graph/algorithms/degree.js";
import type { Graph } from "../graph/graph.js";
import { pagerank } from "../graph/algorithms/pagerank.js";
import { Threads } from "../graph/parallel/threads.js";
import { median, quartiles, report, row, takeTurns, type Row } from "./harness.js";
import { GraphPeers, peerVersions, type Measured, type Peer } from "./peers/graph.js";
import { hubEdges, simpleEdges, uniformEdges } from "./support/graph-edges.js";

type Columns = Record<string, ArrayLike<number>>;

const rounds = 7;
/** Minimum duration of a turn, milliseconds of processor time. */
const turnMs = 500;
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

/** Computes for a turn; one computation on average. */
async function measure(compute: () => unknown): Promise<Measured> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const processor = (): number => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1000;
  };
  let runs = 0;
  do {
    await compute();
    runs++;
  } while (processor() < turnMs);
  return { clock: (performance.now() - start) / runs, processor: processor() / runs };
}

/** Fails if a peer finds something else. */
function compare(feature: string, peer: Peer, ours: Columns, peers: GraphPeers): void {
  for (const [name, column] of Object.entries(ours)) {
    const theirs = peers.column(name);
    let far = column.length === theirs.length ? 0 : Infinity;
    for (let v = 0; v < theirs.length; v++)
      far = Math.max(far, Math.abs(column[v]! - theirs[v]!) / Math.max(1, Math.abs(theirs[v]!)));
    if (!(far <= 1e-9)) throw new Error(`${feature}: ${name} differs from ${peer}'s by up to ${far}`);
  }
}

/** A row against igraph. @param by which of the two times counts */
function rowOf(what: string, ours: readonly Measured[], igraph: readonly Measured[], by: keyof Measured): Row {
  const values = (turns: readonly Measured[]): number[] => turns.map((turn) => turn[by]);
  const here = igraph.length > 0;
  return row({
    what: `${what}, against igraph${by === "clock" ? ", by the clock" : ""}`,
    unit: "ms",
    ours: median(values(ours)),
    peer: here ? median(values(igraph)) : undefined,
    spread: { ours: quartiles(values(ours)), peer: here ? quartiles(values(igraph)) : null },
    bounds: "ratio",
    better: "lower",
    atLeast: 1,
    aim: 0.5,
  });
}

/** Turns of both sides, after a turn of our side that does not count. */
async function againstIgraph(feature: string, compute: () => unknown, peers: GraphPeers | undefined) {
  await measure(compute);
  return takeTurns(rounds, {
    ours: async () => [await measure(compute)],
    igraph: async () => (peers ? [await peers.compute("igraph", feature, turnMs)] : []),
  });
}

async function rowsOf(feature: string, graph: Graph, peers: GraphPeers | undefined): Promise<Row[]> {
  const compute = features[feature]!;
  const columns = (await compute(graph))();
  const slow = await peers?.compute("networkx", feature, turnMs);
  if (peers) compare(feature, "networkx", columns, peers);
  const { ours, igraph } = await againstIgraph(feature, () => compute(graph), peers);
  if (peers) compare(feature, "igraph", columns, peers);
  const fast = rowOf(feature, ours, igraph, "processor");
  const metric = { unit: "ms", ours: fast.ours, bounds: "ratio", better: "lower", atLeast: 0.0333, aim: 0.01 } as const;
  return [row({ ...metric, what: `${feature}, against networkx`, peer: slow?.processor }), fast];
}

async function inThreads(
  feature: string,
  compute: (threads: Threads) => Promise<Columns>,
  peers: GraphPeers | undefined,
): Promise<Row[]> {
  const threads = new Threads(2);
  const columns = await compute(threads);
  const { ours, igraph } = await againstIgraph(feature, () => compute(threads), peers);
  await threads.close();
  if (peers) compare(feature, "igraph", columns, peers);
  const what = `${feature} in 2 threads`;
  return [rowOf(what, ours, igraph, "processor"), rowOf(what, ours, igraph, "clock")];
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
  rows.push(
    ...(await inThreads("triangles", async (threads) => ({ triangles: await triangles(graph, threads) }), peers)),
  );
  return rows;
}

async function exactBetweenness(peers: GraphPeers | undefined): Promise<Row[]> {
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
  ...(await exactBetweenness(peers)),
  memory("without weights"),
  memory("weighted"),
];
peers?.close();
report("graph", rows, peers ? peerVersions : {});
