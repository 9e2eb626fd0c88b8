import fc from "fast-check";
import { bitCount, BitCounter } from "../../../graph/search/bit-counter.js";
import { BitSearch } from "../../../graph/search/bit-search.js";
import { buildGraph } from "../../../graph/build.js";
import { closeness } from "../../../graph/algorithms/closeness.js";
import { DijkstraSearch } from "../../../graph/search/dijkstra.js";
import type { RunState } from "../../../graph/parallel/run-batches.js";
import { Threads } from "../../../graph/parallel/threads.js";
import { reach } from "../../../graph/algorithms/reach.js";
import { everyNode, sampleNodes } from "../../../graph/sample.js";
import { expectClose, goldenGraph, pathsCases } from "./golden-paths.js";
import { randomGraph } from "./random-graph.js";

const [one, threads, three] = [1, 2, 3].map((count) => new Threads(count)) as [Threads, Threads, Threads];
afterAll(() => Promise.all([one, threads, three].map((each) => each.close())));

describe.each(pathsCases)("networkx agrees on %s:", (_, expected) => {
  const graph = goldenGraph(expected);

  test("closeness and harmonic centrality", async () => {
    const result = await closeness(graph, threads);
    expectClose(result.closeness, expected.closeness);
    expectClose(result.harmonic, expected.harmonic);
    expectClose((await closeness(graph, threads, { improved: false })).closeness, expected.closenessPlain);
  });

  test("with weights as lengths", async () => {
    if (!expected.weighted) return;
    const result = await closeness(graph, threads, { weighted: true });
    expectClose(result.closeness, expected.weighted.closeness);
    expectClose(result.harmonic, expected.weighted.harmonic);
  });

  test("nodes within one, two and three steps", async () => {
    const hops = [1, 2, 3];
    const out = await reach(graph, threads, { direction: "out", hops });
    const back = await reach(graph, threads, { direction: "in", hops });
    hops.forEach((hop, h) => {
      expectClose(out[h]!, expected.reachOut[hop]!);
      expectClose(back[h]!, expected.reachIn[hop]!);
    });
  });
});

test("reach within hops that are not neighboring numbers, and beyond every path", async () => {
  const [, grid] = pathsCases.find(([name]) => name === "grid")!;
  const [one, three, all] = await reach(goldenGraph(grid), threads, { direction: "out", hops: [1, 3, 99] });
  expectClose(one!, grid.reachOut[1]!);
  expectClose(three!, grid.reachOut[3]!);
  expect([...all!]).toEqual(Array.from({ length: 30 }, () => 29));
});

test("a search by bits reaches what searches one by one reach, at the same distances", () => {
  fc.assert(
    fc.property(randomGraph(50), fc.nat(1000), (graph, seed) => {
      const sources = sampleNodes(graph.nodes, 32, seed);
      const single = new DijkstraSearch(graph.out);
      const expected = [...sources].map((source) => (single.run(source), [...single.distance]));
      const search = new BitSearch(graph.out, graph.in);
      const found = expected.map((row) => row.map(() => Infinity));
      search.start(sources);
      let distance = 0;
      do {
        for (const v of search.fresh.subarray(0, search.count))
          sources.forEach((_, i) => {
            if ((search.bits[v]! >>> i) & 1) found[i]![v] = distance;
          });
        distance++;
      } while (search.step());
      expect(found).toEqual(expected);
    }),
  );
});

test("on long paths, where searches by bits do not pay, the numbers are the same", async () => {
  const nodes = 150;
  const [sources, targets] = [everyNode(nodes - 1), everyNode(nodes - 1).map((v) => v + 1)];
  const options = { directed: false, selfLoops: "keep", duplicates: "first" } as const;
  const { graph } = buildGraph({ nodes, sources, targets }, options);
  const result = await closeness(graph, threads);
  const all = [...everyNode(nodes)];
  const sum = (last: number, term: (d: number) => number): number =>
    Array.from({ length: last }, (_, d) => term(d + 1)).reduce((a, b) => a + b, 0);
  const both = (v: number, term: (d: number) => number): number => sum(v, term) + sum(nodes - 1 - v, term);
  expectClose(
    result.closeness,
    all.map((v) => (nodes - 1) / both(v, (d) => d)),
  );
  expectClose(
    result.harmonic,
    all.map((v) => both(v, (d) => 1 / d)),
  );
  const [near, far] = await reach(graph, threads, { direction: "in", hops: [2, 40] });
  expectClose(
    near!,
    all.map((v) => both(v, (d) => Number(d <= 2))),
  );
  expectClose(
    far!,
    all.map((v) => both(v, (d) => Number(d <= 40))),
  );
});

test("bits are counted as they are one by one", () => {
  const words = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { maxLength: 70 });
  const counter = new BitCounter();
  fc.assert(
    fc.property(words, (row) => {
      row.forEach((word) => counter.add(word));
      const counts = new Uint32Array(32);
      counter.take(counts);
      const expected = Array.from({ length: 32 }, (_, bit) => row.filter((word) => (word >>> bit) & 1).length);
      expect([...counts]).toEqual(expected);
      row.forEach((word) => expect(bitCount(word)).toBe(word.toString(2).replaceAll("0", "").length));
    }),
  );
});

describe("a sample of sources", () => {
  const named = (name: string) => goldenGraph(pathsCases.find(([key]) => key === name)![1]);

  test.each(["karate", "directed weighted"])("that lacks one node only is exact for that node: %s", async (name) => {
    const graph = named(name);
    const weighted = graph.out.weights !== undefined;
    for (const improved of [true, false]) {
      const exact = await closeness(graph, threads, { weighted, improved });
      const sample = Uint32Array.from({ length: graph.nodes - 1 }, (_, i) => i + 1);
      const sampled = await closeness(graph, threads, { weighted, improved, sample });
      expectClose([sampled.closeness[0]!, sampled.harmonic[0]!], [exact.closeness[0]!, exact.harmonic[0]!]);
      expectClose([sampled.error!.closeness[0]!, sampled.error!.harmonic[0]!], [0, 0]);
    }
  });

  test.each([true, false])("is off by its standard error on average (improved: %s)", async (improved) => {
    const graph = named("scale free");
    const exact = await closeness(graph, threads, { improved });
    const ratios = { closeness: [0, 0], harmonic: [0, 0] };
    for (let seed = 0; seed < 150; seed++) {
      const sampled = await closeness(graph, threads, { improved, sample: sampleNodes(graph.nodes, 20, seed) });
      for (const kind of ["closeness", "harmonic"] as const)
        for (let v = 0; v < graph.nodes; v++) {
          if (exact.harmonic[v]! < 15) continue;
          ratios[kind][0]! += (sampled[kind][v]! - exact[kind][v]!) ** 2;
          ratios[kind][1]! += sampled.error![kind][v]! ** 2;
        }
    }
    for (const [deviation, variance] of Object.values(ratios)) {
      expect(deviation).toBeGreaterThan(0);
      expect(Math.abs(variance! / deviation! - 1)).toBeLessThan(0.3);
    }
  });

  test("of one knows nothing of its source, nor of any error", async () => {
    const result = await closeness(named("karate"), threads, { sample: Uint32Array.of(3) });
    expect([result.closeness[3], result.harmonic[3]]).toEqual([NaN, NaN]);
    expect(result.error!.closeness.every(Number.isNaN)).toBe(true);
  });
});

test("threads and checkpoints change no bit", async () => {
  const [, miserables] = pathsCases.find(([name]) => name === "les miserables, weighted")!;
  const graph = goldenGraph(miserables);
  const sample = sampleNodes(graph.nodes, 70, 5);
  for (const options of [{}, { weighted: true }, { sample }, { sample, weighted: true }]) {
    const states: RunState[] = [];
    const onProgress = ({ done, sums }: RunState): void => void states.push({ done, sums: sums.slice() });
    const whole = await closeness(graph, threads, { ...options, onProgress });
    for (const resume of states) expect(await closeness(graph, threads, { ...options, resume })).toEqual(whole);
    for (const others of [one, three]) expect(await closeness(graph, others, options)).toEqual(whole);
  }
});
