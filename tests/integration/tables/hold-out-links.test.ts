import { holdOutLinks } from "../../../activities/hold-out-links.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, fillSettings } from "../../support/datasets.js";
import { readTableColumns } from "../graph-featurize/support.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => void (context = testContext()));
afterEach(() => context.remove());

/** Everyone follows the next three of twenty, with a number. */
const edges = Array.from({ length: 60 }, (_, i) => [i % 20, ((i % 20) + 1 + Math.floor(i / 20)) % 20] as const);
const csv = "follower,followed,n\n" + edges.map(([a, b], i) => `${a},${b},${i}\n`).join("");

async function holdOut(rows: string, settings: object = {}) {
  put(context, "f.csv", rows);
  const all = { edges: { file: "f.csv" }, ...settings };
  const { outputs, metrics } = await holdOutLinks(fillSettings("hold-out-links", all), context);
  const kept = await readTableColumns(context, outputs.edges);
  const pairs = await readTableColumns(context, outputs.nodePairs);
  const keysOf = (from: string, to: string, of: typeof kept) => of[from]!.map((cell, i) => `${cell}-${of[to]![i]}`);
  return {
    outputs,
    metrics,
    kept,
    keptKeys: keysOf("follower", "followed", kept),
    pairs,
    keys: keysOf("source", "target", pairs),
  };
}

test("no held-out edge stays, no edge is a negative, and each side is as large as the other", async () => {
  const { keptKeys, pairs, keys, metrics } = await holdOut(csv);
  const all = new Set(edges.map(([a, b]) => `${a}-${b}`));
  const positives = keys.filter((_, i) => pairs["linked"]![i] === "true");
  const negatives = keys.filter((_, i) => pairs["linked"]![i] === "false");
  expect(metrics).toMatchObject({ kept: 48, heldOut: 12, notLinked: 12, selfLoops: 0, duplicates: 0 });
  expect([...keptKeys, ...positives].sort()).toEqual([...all].sort());
  expect(negatives.filter((key) => all.has(key))).toEqual([]);
  expect(new Set(negatives).size).toBe(12);
});

test("the edges that stay keep their columns", async () => {
  const { kept } = await holdOut(csv);
  kept["n"]!.forEach((n, i) => {
    expect([kept["follower"]![i], kept["followed"]![i]]).toEqual(edges[Number(n)]!.map(String));
  });
});

test("undirected: an edge goes together with its reverse", async () => {
  const { keptKeys, keys } = await holdOut(csv + edges.map(([a, b]) => `${b},${a},0\n`).join(""), { directed: false });
  const turned = (key: string) => key.split("-").reverse().join("-");
  expect(keptKeys.filter((key) => keys.includes(key) || keys.includes(turned(key)))).toEqual([]);
});

test("undirected: no pair is a negative twice, in one order and the other", async () => {
  // Of a ring of four only the two diagonals are no edges: three held-out edges have three sources,
  // of which two face each other.
  const { pairs, metrics } = await holdOut("follower,followed\n0,1\n1,2\n2,3\n3,0\n", { directed: false, share: 0.75 });
  const negatives = pairs["linked"]!.flatMap((linked, i) =>
    linked === "false" ? [[pairs["source"]![i], pairs["target"]![i]].sort().join("-")] : [],
  );
  expect(negatives.sort()).toEqual(["0-2", "1-3"]);
  expect(metrics).toMatchObject({ heldOut: 3, notLinked: 2 });
});

test("the same seed holds the same edges out; self-loops and repeated edges are counted", async () => {
  const rows = `${csv}0,0,1\n3,4,1\n`;
  const [first, second] = [await holdOut(rows), await holdOut(rows)];
  expect(second.outputs).toEqual(first.outputs);
  expect(first.metrics).toMatchObject({ selfLoops: 1, duplicates: 1 });
});

test.each([
  ["a star", Array.from({ length: 10 }, (_, i) => `0,${i + 1}\n`)],
  [
    "a complete graph",
    Array.from({ length: 6 }, (_, a) => Array.from({ length: 6 }, (_, b) => (a === b ? "" : `${a},${b}\n`))).flat(),
  ],
])("%s has no negatives, and the log says so", async (_what, rows) => {
  const { metrics } = await holdOut(`follower,followed\n${rows.join("")}`);
  expect(metrics["notLinked"]).toBe(0);
  expect(context.logged.join("\n")).toContain(
    `there are no negatives: every source is linked to the targets of all other edges, as in a star or a complete graph {"heldOut":${metrics["heldOut"]},"notLinked":0}`,
  );
});

test("a graph in which some held-out edges have no negative says so, and one with all of them nothing", async () => {
  const { metrics } = await holdOut("follower,followed\n0,1\n1,2\n2,3\n3,0\n", { directed: false, share: 0.75 });
  expect(metrics).toMatchObject({ heldOut: 3, notLinked: 2 });
  expect(context.logged.join("\n")).toContain("some held-out edges have no negative");
  context.logged.length = 0;
  await holdOut(csv);
  expect(context.logged.join("\n")).not.toContain("negative");
});

test("one edge is too few", async () => {
  expect(await catchFailure(holdOut("follower,followed\n1,2\n"))).toMatchObject({
    code: "DATA_EMPTY",
    facts: { got: "1 different edges" },
  });
});

test.each(["1,\n", ",2\n", '" ",2\n'])(
  "an edge without a node at one end is refused, with its row: %j",
  async (row) => {
    expect(await catchFailure(holdOut(`follower,followed\n1,2\n${row}`))).toMatchObject({
      code: "DATA_INVALID",
      facts: { where: "file f.csv, row 2" },
    });
  },
);
