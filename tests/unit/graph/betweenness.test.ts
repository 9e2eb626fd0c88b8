import fc from "fast-check";
import { openBetweenness } from "../../../graph/parallel/betweenness-batch.js";
import { betweenness } from "../../../graph/algorithms/betweenness.js";
import { buildGraph } from "../../../graph/build.js";
import type { Graph } from "../../../graph/graph.js";
import type { RunState } from "../../../graph/parallel/run-batches.js";
import { Threads } from "../../../graph/parallel/threads.js";
import { everyNode, sampleNodes } from "../../../graph/sample.js";
import { expectClose, goldenGraph, pathsCases } from "./golden-paths.js";
import { randomGraph } from "./random-graph.js";

const [one, threads, three] = [1, 2, 3].map((count) => new Threads(count)) as [Threads, Threads, Threads];
afterAll(() => Promise.all([one, threads, three].map((each) => each.close())));

/** The dependencies of all sources, without threads. */
function dependencies(graph: Graph, weighted = false): Float64Array {
  const sums = new Float64Array(graph.nodes);
  openBetweenness({ graph, weighted })(everyNode(graph.nodes), sums);
  return sums;
}

describe.each(pathsCases)("betweenness of %s equals networkx's", (_, expected) => {
  const graph = goldenGraph(expected);

  test("normalized and not", async () => {
    expectClose((await betweenness(graph, threads)).values, expected.betweenness.normalized);
    expectClose((await betweenness(graph, threads, { normalized: false })).values, expected.betweenness.raw);
  });

  test("from a sample of sources", async () => {
    const { sampled } = expected.betweenness;
    if (!sampled) return;
    const sample = Uint32Array.from(sampled.sources);
    const { values, error } = await betweenness(graph, threads, { sample });
    expectClose(values, sampled.normalized);
    expect(error!.sources).toBe(sample.length);
    expectClose((await betweenness(graph, threads, { sample, normalized: false })).values, sampled.raw);
  });

  test("with weights as lengths", async () => {
    if (!expected.weighted) return;
    expectClose((await betweenness(graph, threads, { weighted: true })).values, expected.weighted.betweenness);
  });
});

/**
 * By definition: for each ordered pair the share of its shortest paths that run through v; paths
 * are counted as walks.
 */
function byDefinition({ nodes, out }: Graph): number[] {
  const all = [...everyNode(nodes)];
  const walks = (source: number): { distance: number[]; count: number[] } => {
    const distance = all.map(() => Infinity);
    const count = all.map(() => 0);
    let now = all.map((v) => Number(v === source));
    for (let step = 0; step < nodes; step++) {
      now.forEach((walksHere, v) => {
        if (walksHere > 0 && distance[v] === Infinity) [distance[v], count[v]] = [step, walksHere];
      });
      const next = all.map(() => 0);
      now.forEach((walksHere, v) => {
        for (const w of out.targets.subarray(out.offsets[v], out.offsets[v + 1])) next[w]! += walksHere;
      });
      now = next;
    }
    return { distance, count };
  };
  const from = all.map(walks);
  const share = (s: number, v: number, t: number): number => {
    const length = from[s]!.distance[t]!;
    if (length === Infinity || from[s]!.distance[v]! + from[v]!.distance[t]! !== length) return 0;
    return (from[s]!.count[v]! * from[v]!.count[t]!) / from[s]!.count[t]!;
  };
  return all.map((v) => {
    let sum = 0;
    for (const s of all) for (const t of all) if (s !== t && s !== v && t !== v) sum += share(s, v, t);
    return sum;
  });
}

test("dependencies add up to the share of shortest paths over all pairs", () => {
  fc.assert(fc.property(randomGraph(24), (graph) => expectClose(dependencies(graph), byDefinition(graph))));
});

test("with weights that are all alike, betweenness is that without", () => {
  fc.assert(
    fc.property(randomGraph(24), (graph) => {
      const weights = new Float64Array(graph.out.targets.length).fill(0.75);
      const weighted = { ...graph, out: { ...graph.out, weights } };
      expectClose(dependencies(weighted, true), [...dependencies(graph)]);
    }),
  );
});

test("a length of 0 is refused", async () => {
  const list = { nodes: 2, sources: Uint32Array.of(0), targets: Uint32Array.of(1), weights: Float64Array.of(0) };
  const { graph } = buildGraph(list, { directed: true, selfLoops: "keep", duplicates: "first" });
  const refused = expect.objectContaining({ code: "DATA_INVALID" });
  await expect(betweenness(graph, threads, { weighted: true })).rejects.toEqual(refused);
  expect((await betweenness(graph, threads)).values).toEqual(new Float64Array(2));
});

/** A chain of diamonds: each doubles the number of shortest paths from one end to the other. */
function diamonds(count: number): Graph {
  const edges = Array.from({ length: count }, (_, i) => [
    [3 * i, 3 * i + 1],
    [3 * i, 3 * i + 2],
    [3 * i + 1, 3 * i + 3],
    [3 * i + 2, 3 * i + 3],
  ]).flat();
  const list = { sources: Uint32Array.from(edges, ([s]) => s!), targets: Uint32Array.from(edges, ([, t]) => t!) };
  const options = { directed: true, selfLoops: "keep", duplicates: "first" } as const;
  return buildGraph({ nodes: 3 * count + 1, ...list }, options).graph;
}

test("more shortest paths than a double can count are an error, not a wrong number", async () => {
  const { values } = await betweenness(diamonds(1000), threads, { normalized: false });
  // All that come before the middle, times all that come after it.
  expectClose([values[1500]!], [1500 * 1500]);
  await expect(betweenness(diamonds(1100), threads)).rejects.toEqual(
    expect.objectContaining({ code: "COMPUTE_FAILED" }),
  );
});

describe("threads", () => {
  const [, miserables] = pathsCases.find(([name]) => name === "les miserables, weighted")!;
  const graph = goldenGraph(miserables);

  test.each([false, true])("any number of them gives the same bits (weighted: %s)", async (weighted) => {
    const two = await betweenness(graph, threads, { weighted });
    for (const others of [one, three]) expect(await betweenness(graph, others, { weighted })).toEqual(two);
  });

  test("a run that is resumed from any checkpoint ends with the same bits", async () => {
    const states: RunState[] = [];
    const onProgress = ({ done, sums }: RunState): void => void states.push({ done, sums: sums.slice() });
    const sample = sampleNodes(77, 70, 1);
    const whole = await betweenness(graph, threads, { sample, onProgress });
    expect(states.map(({ done }) => done)).toEqual([64, 70]);
    for (const resume of states) expect(await betweenness(graph, threads, { sample, resume })).toEqual(whole);
  });
});

describe("a sample", () => {
  const [, karate] = pathsCases.find(([name]) => name === "karate")!;
  const graph = goldenGraph(karate);
  const exact = karate.betweenness.normalized;

  test("is drawn by its seed, without repetition", () => {
    const sample = sampleNodes(1000, 100, 3);
    expect(sample).toEqual(sampleNodes(1000, 100, 3));
    expect(sample).not.toEqual(sampleNodes(1000, 100, 4));
    expect(new Set(sample).size).toBe(100);
    expect(sample).toEqual(sample.slice().sort());
    expect(sampleNodes(5, 9, 1)).toEqual(Uint32Array.of(0, 1, 2, 3, 4));
  });

  test("of everything is exact", async () => {
    const { values, error } = await betweenness(graph, threads, { sample: sampleNodes(34, 34, 1) });
    expectClose(values, exact);
    expect(error).toBeUndefined();
  });

  test("is off by its standard error on average, and by no more than its bound", async () => {
    const draws = 200;
    const deviations = new Float64Array(34);
    const variances = new Float64Array(34);
    for (let seed = 0; seed < draws; seed++) {
      const { values, error } = await betweenness(graph, threads, { sample: sampleNodes(34, 12, seed) });
      values.forEach((value, v) => {
        expect(Math.abs(value - exact[v]!)).toBeLessThanOrEqual(error!.bound);
        deviations[v]! += (value - exact[v]!) ** 2 / draws;
        variances[v]! += error!.standardError[v]! ** 2 / draws;
      });
    }
    // Nodes 0, 2, 32 and 33 have the greatest betweenness; 200 draws tell the variance to about a
    // tenth.
    for (const v of [0, 2, 32, 33]) expect(Math.abs(variances[v]! / deviations[v]! - 1)).toBeLessThan(0.3);
  });

  test("of one says that nothing is known of its source, nor of any error", async () => {
    const { values, error } = await betweenness(graph, threads, { sample: Uint32Array.of(7) });
    expect(values[7]).toBeNaN();
    expect(error!.standardError.every(Number.isNaN)).toBe(true);
  });
});
