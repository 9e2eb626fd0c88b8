import { readFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { holdOutLinks } from "../../../activities/hold-out-links.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, fillSettings } from "../../support/datasets.js";
import { readTableColumns, featurize } from "./support.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => void (context = testContext()));
afterEach(() => context.remove());

const many = (first: bigint) => Array.from({ length: 40 }, (_, i) => String(first + BigInt(i)));
const kinds: [string, string[]][] = [
  ["19 digits", many(1_700_000_000_000_000_000n)],
  ["16 digits", many(9_007_199_254_740_980n)],
  ["25 digits", many(1_700_000_000_000_000_000_000_000n)],
  ["like 1.10", Array.from({ length: 40 }, (_, i) => `1.${i}${i % 2 === 0 ? "0" : ""}`)],
  ["with zeros before", Array.from({ length: 40 }, (_, i) => String(i).padStart(3, "0"))],
  ["not Latin", Array.from({ length: 40 }, (_, i) => `用户-Ж${i}-é-e\u0301`)],
  ["whole numbers", Array.from({ length: 40 }, (_, i) => String(i))],
  ["true and false", ["true", "false", "TRUE", ...many(1n).slice(3)]],
  ["like exponents", Array.from({ length: 40 }, (_, i) => `${i + 1}e5`)],
  ["with quotes, commas and spaces", Array.from({ length: 40 }, (_, i) => `a "${i}", b\n`)],
];
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
const csv = (names: string, rows: string[][]) =>
  `${names}\n${rows.map((row) => row.map(quoted).join(",") + "\n").join("")}`;
const edgesOf = (ids: string[]) => ids.flatMap((id, i) => [1, 2, 5].map((step) => [id, ids[(i + step) % ids.length]!]));

/**
 * Cells of a CSV file's first columns as they stand in it, without quotes and without the column
 * names.
 */
function cells(text: string, columns: number): string[][] {
  const rows: string[][] = [[""]];
  let isOpen = false;
  for (const character of text) {
    const row = rows.at(-1)!;
    if (character === '"') {
      isOpen = !isOpen;
      if (isOpen && row.at(-1) !== "") row.push(row.pop()! + '"');
    } else if (isOpen || (character !== "," && character !== "\n")) row.push(row.pop()! + character);
    else if (character === ",") row.push("");
    else rows.push([""]);
  }
  return rows.slice(1, -1).map((row) => row.slice(0, columns));
}

describe.each(kinds)("ids of %s", (_, ids) => {
  const edges = edgesOf(ids);
  const tables = { nodes: { file: "nodes.csv" }, edges: { file: "edges.csv" }, features: ["degree"] };

  test("stay as written in CSV, Parquet and pairs", async () => {
    put(
      context,
      "nodes.csv",
      csv(
        "id,team",
        ids.map((id, i) => [id, ids[(i * 7) % 40]!]),
      ),
    );
    put(context, "edges.csv", csv("follower,followed", edges));
    put(context, "pairs.csv", csv("source,target", edges.slice(0, 20)));
    const {
      outputs,
      metrics,
      csv: written,
    } = await featurize(context, { ...tables, nodePairs: { file: "pairs.csv" } });
    expect(metrics).toMatchObject({ nodes: 40, edges: 120, nodePairs: 20 });
    expect(cells(written, 1).map(([id]) => id)).toEqual(ids);
    expect((await readTableColumns(context, outputs.features))["id"]).toEqual(ids);
    const pairs = await readTableColumns(context, outputs.nodePairs!);
    for (const [name, end] of [
      ["source", 0],
      ["target", 1],
      ["source_id", 0],
      ["target_id", 1],
    ] as const)
      expect([name, pairs[name]]).toEqual([name, edges.slice(0, 20).map((edge) => edge[end])]);
    const pairFile = path.join(await context.openArtifact(outputs.nodePairs!), "node-pairs.csv");
    expect(cells(readFileSync(pairFile, "utf8"), 2)).toEqual(edges.slice(0, 20));
  });

  test("stay as written where links are held out, and the edges that are left are those of the nodes", async () => {
    put(
      context,
      "nodes.csv",
      csv(
        "id",
        ids.map((id) => [id]),
      ),
    );
    put(context, "edges.csv", csv("follower,followed", edges));
    const settings = fillSettings("hold-out-links", { edges: { file: "edges.csv" } });
    const { outputs, metrics } = await holdOutLinks(settings, context);
    const known = new Set(edges.map((edge) => JSON.stringify(edge)));
    const kept = await readTableColumns(context, outputs.edges);
    const all = kept["follower"]!.map((from, i) => JSON.stringify([from, kept["followed"]![i]]));
    expect(all).toHaveLength(96);
    expect(all.every((edge) => known.has(edge))).toBe(true);
    expect(metrics).toMatchObject({ kept: 96, heldOut: 24 });
    const features = await featurize(context, {
      ...tables,
      edges: { table: outputs.edges },
      nodePairs: { table: outputs.nodePairs },
    });
    expect(features.metrics).toMatchObject({ edges: 96, unknownEdges: 0, unknownNodePairs: 0, nodePairs: 48 });
  });
});

test("numbers of JSON are ids as they are written", async () => {
  const ids = ["1.10", "1.1", "12345678901234567890123"];
  put(context, "nodes.jsonl", ids.map((id) => `{"id": ${id}}\n`).join(""));
  put(
    context,
    "edges.jsonl",
    `{"follower": ${ids[0]}, "followed": ${ids[1]}}\n{"follower": ${ids[2]}, "followed": "${ids[0]}"}\n`,
  );
  const { csv: written } = await featurize(context, {
    nodes: { file: "nodes.jsonl" },
    edges: { file: "edges.jsonl" },
    features: ["degree"],
  });
  expect(cells(written, 1).map(([id]) => id)).toEqual(ids);
});

test("an attribute of long whole numbers stays as written, one of fractions is a number", async () => {
  put(context, "nodes.csv", "id,parent,price\na,1700000000000000001,1.10\nb,1700000000000000002,2.5\n");
  put(context, "edges.csv", "follower,followed\na,b\n");
  const { csv: written } = await featurize(context, {
    nodes: { file: "nodes.csv" },
    edges: { file: "edges.csv" },
    features: ["degree"],
  });
  expect(written).toContain("\na,1700000000000000001,1.1,0,1,1\nb,1700000000000000002,2.5,1,0,1\n");
});

describe("a table that no longer tells ids apart is refused", () => {
  async function parquet(name: string, rows: string): Promise<void> {
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    await connection.run(`COPY (${rows}) TO '${path.join(context.workingDirectory, name)}' (FORMAT parquet)`);
    connection.closeSync();
  }
  const settings = {
    nodes: { file: "nodes.csv" },
    edges: { file: "edges.parquet" },
    unknownNodes: "drop",
    features: ["degree"],
  };

  test.each(["1.7e18 + i", "1 + i / 10"])("doubles %s, whatever becomes of unknown nodes", async (id) => {
    put(context, "nodes.csv", "id\n1700000000000000000\n2\n");
    await parquet("edges.parquet", `SELECT (${id})::DOUBLE AS follower, 2 AS followed FROM range(1, 9) t(i)`);
    const failure = await catchFailure(featurize(context, settings));
    expect(failure).toMatchObject({
      code: "DATA_INVALID",
      facts: { where: expect.stringContaining("with.columns.source"), next: expect.stringContaining("written") },
    });
    const heldOut = fillSettings("hold-out-links", { edges: { file: "edges.parquet" } });
    expect((await catchFailure(holdOutLinks(heldOut, context))).code).toBe("DATA_INVALID");
  });

  test.each([
    ["FLOAT", 2 ** 24 - 1],
    ["DOUBLE", 2 ** 53 - 1],
  ])("whole numbers beyond those that %s holds every one of", async (type, last) => {
    put(context, "nodes.csv", `id\n${last}\n2\n`);
    await parquet("edges.parquet", `SELECT ${last}::${type} AS follower, 2 AS followed`);
    expect((await featurize(context, settings)).metrics).toMatchObject({ edges: 1, unknownEdges: 0 });
    await parquet("edges.parquet", `SELECT (${last} + 2)::${type} AS follower, 2 AS followed`);
    expect(await catchFailure(featurize(context, settings))).toMatchObject({
      code: "DATA_INVALID",
      facts: { expected: expect.stringContaining(`up to ${last}`) as string, got: String(last + 1) },
    });
  });

  test("whole numbers in doubles are the ids that they stand for", async () => {
    put(context, "nodes.csv", "id\n1\n2\n");
    await parquet("edges.parquet", "SELECT 1::DOUBLE AS follower, 2::DOUBLE AS followed");
    expect((await featurize(context, settings)).metrics).toMatchObject({ edges: 1, unknownEdges: 0 });
  });

  test("a query that made numbers of them is refused, and finds them in `written`", async () => {
    put(context, "nodes.csv", "id\n1.10\n1.1\n");
    put(context, "edges.csv", "follower,followed\n1.10,1.1\n");
    const from = (table: string) => ({
      nodes: { file: "nodes.csv", query: `SELECT * FROM ${table}` },
      edges: { file: "edges.csv", query: `SELECT * FROM ${table}` },
      features: ["degree"],
    });
    expect((await catchFailure(featurize(context, from("data")))).code).toBe("DATA_INVALID");
    expect((await featurize(context, from("written"))).csv).toContain("\n1.10,0,1,1\n1.1,1,0,1\n");
  });

  test("edges and pairs of which none is known are refused even where unknown ones are dropped", async () => {
    put(context, "nodes.csv", "id\na\nb\n");
    put(context, "edges.csv", "follower,followed\nA,B\nB,A\n");
    const dropping = { ...settings, edges: { file: "edges.csv" } };
    expect(await catchFailure(featurize(context, dropping))).toMatchObject({
      code: "DATA_INVALID",
      facts: { where: "file edges.csv, row 1" },
    });
    put(context, "edges.csv", "follower,followed\na,b\n");
    put(context, "pairs.csv", "source,target\nA,b\n");
    const pairs = { ...dropping, nodePairs: { file: "pairs.csv" } };
    expect((await catchFailure(featurize(context, pairs))).code).toBe("DATA_INVALID");
  });
});
