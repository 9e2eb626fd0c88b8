import { rankCorrelations } from "../../../report/graph-page/correlation.js";
import { histogram } from "../../../report/graph-page/histogram.js";
import { buildGraph } from "../../../graph/build.js";
import { layout } from "../../../graph/layout.js";
import { sha256 } from "../../../platform/digests.js";
import { stageDefinitions } from "../../../schemas/stages/index.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { put } from "../../support/datasets.js";
import { featurize } from "./support.js";

// Nothing here depends on time; a busy machine must not fail it.

describe("the page", () => {
  let context: TestContext;
  beforeEach(() => void (context = testContext()));
  afterEach(() => context.remove());
  const given = (nodes: number): void => {
    const names = Array.from({ length: nodes }, (_, i) => `${i},${i === 0 ? "<script>&" : `n${i}`}\n`);
    const edges = Array.from({ length: 2 * nodes }, (_, i) => `${i % nodes},${(i * i + 1) % nodes}\n`);
    put(context, "a.csv", `id,name\n${names.join("")}`);
    put(context, "f.csv", `follower,followed\n${edges.join("")}`);
  };
  const run = async () => {
    const features = ["degree", "components", "pagerank"];
    const { read, outputs } = await featurize(context, {
      nodes: { file: "a.csv" },
      edges: { file: "f.csv" },
      features,
    });
    return { page: read("page.html").toString(), outputs };
  };

  test("shows each feature, what goes together and a small graph, and needs nothing else", async () => {
    given(30);
    const { page, outputs } = await run();
    expect(page).toContain("the same for all");
    for (const name of ["in_degree", "strong_component_size", "pagerank"]) expect(page).toContain(`<b>${name}</b>`);
    expect(page).toContain("Spearman");
    expect(page.match(/<circle/g)).toHaveLength(30);
    expect(page).toContain("&lt;script&gt;&amp;");
    expect(page).not.toMatch(/<script|<link|@import|url\(|src=/);
    expect(page).not.toMatch(/https?:/);
    expect((await run()).outputs).toEqual(outputs);
  });

  test("does not draw a large graph", async () => {
    given(301);
    const { page } = await run();
    expect(page).not.toContain("<circle");
    // The page is part of an artifact: with other bytes, also by another style of reports, the
    // stage has another version.
    expect([stageDefinitions["graph-featurize"].version, sha256(page).slice(0, 12)]).toEqual([8, "2afbc176371f"]);
  });
});

describe("histogram", () => {
  const sumOf = (bars: { count: number }[]) => bars.reduce((sum, { count }) => sum + count, 0);
  test("of few whole numbers has a bar for each", () => {
    const { bars, logarithmic } = histogram(Float64Array.of(1, 1, 2, 4, NaN));
    expect(bars.map(({ from, to, count }) => [from, to, count])).toEqual([
      [0.5, 1.5, 2],
      [1.5, 2.5, 1],
      [2.5, 3.5, 0],
      [3.5, 4.5, 1],
    ]);
    expect(logarithmic).toBe(false);
  });
  test("of a long tail is logarithmic, with zeros apart", () => {
    const values = Float64Array.from({ length: 100 }, (_, i) => (i < 40 ? 0 : 1.2 ** i));
    const { bars, logarithmic, apart } = histogram(values);
    expect([logarithmic, apart, sumOf(bars)]).toEqual([true, 40, 60]);
  });
  test.each([
    [[5, 5, 5], 3, 0],
    [[0.5], 1, 0],
    [[NaN, NaN], 0, 2],
    [[-3, 0.25, 8], 3, 0],
  ])("of %j counts all values", (values, known, missing) => {
    const spread = histogram(Float64Array.from(values));
    expect([sumOf(spread.bars), spread.missing]).toEqual([known, missing]);
  });
});

test("rank correlations are Spearman's", () => {
  const [[, rising, falling, tied, constant]] = rankCorrelations([
    Float64Array.of(1, 2, 3, 4, 5),
    Float64Array.of(1, 10, 100, 1e6, 1e9),
    Float64Array.of(5, 4, 3, 2, 1),
    Float64Array.of(1, 1, 2, 2, 3),
    Float64Array.of(7, 7, 7, 7, 7),
  ]) as [number[]];
  expect(rising).toBeCloseTo(1, 12);
  expect(falling).toBeCloseTo(-1, 12);
  // scipy.stats.spearmanr([1, 2, 3, 4, 5], [1, 1, 2, 2, 3])
  expect(tied).toBeCloseTo(0.9486832980505139, 12);
  expect(constant).toBeNaN();
});

test("layout puts the parts of a graph apart, the same each time", () => {
  const clique = (first: number) =>
    [0, 1, 2, 3].flatMap((a) => [0, 1, 2, 3].map((b) => [first + a, first + b] as const));
  const edges = [...clique(0), ...clique(4), [0, 4] as const];
  const list = {
    nodes: 8,
    sources: Uint32Array.from(edges, ([a]) => a),
    targets: Uint32Array.from(edges, ([, b]) => b),
  };
  const { graph } = buildGraph(list, { directed: false, selfLoops: "drop", duplicates: "first" });
  const { x, y } = layout(graph);
  expect(layout(graph)).toEqual({ x, y });
  const distance = (a: number, b: number) => Math.hypot(x[a]! - x[b]!, y[a]! - y[b]!);
  expect(distance(1, 2)).toBeLessThan(distance(1, 6) / 1.5);
  for (const place of [...x, ...y]) expect(place >= 0 && place <= 1).toBe(true);
});
