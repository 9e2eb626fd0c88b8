import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance, DuckDBResult } from "@duckdb/node-api";
import { holdOutLinks } from "../../../activities/hold-out-links.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, runDataset, fillSettings } from "../../support/datasets.js";

// DuckDB reports no error that it meets behind the first megabyte of a result: the rows seem to end
// there.

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(() => {
  jest.restoreAllMocks();
  context.remove();
});

const inFiles = (name: string): string => path.join(context.workingDirectory, name);
const late = 250_000;

/** The error of a dataset stage whose query makes 300,000 rows of one. */
function failureOfQuery(text: string, end = ""): Promise<Error & { code: string; facts: { got?: string } }> {
  put(context, "one.csv", "word\nhello\n");
  const query = `SELECT ${text} AS text FROM data, range(300000) ${end}`;
  return catchFailure(runDataset(context, { source: { file: "one.csv" }, query }));
}

describe("what fails in a late row is an error, not the end of the rows", () => {
  test.each([
    [`CASE WHEN range = ${late} THEN error('stop here') ELSE word || range END`, "", "stop here"],
    [`CASE WHEN range = ${late} THEN error('stop here') ELSE word || range END`, "; -- the end", "stop here"],
    [`CASE WHEN range = ${late} THEN word ELSE range::VARCHAR END::INTEGER || ' legs'`, "", "'hello' to INT32"],
  ])("of a query: %s %s", async (text, end, got) => {
    const failure = await failureOfQuery(text, end);
    expect(failure).toMatchObject({ code: "QUERY_INVALID", facts: { got: expect.stringContaining(got) as string } });
    expect(failure.facts.got).not.toContain("EXPLAIN");
  });

  test("of CSV: a value that is not of its column's type, with its line", async () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => `row ${i},${i === late ? "unknown" : i}\n`);
    put(context, "rows.csv", `text,year\n${rows.join("")}`);
    const failure = await catchFailure(
      runDataset(context, { source: { file: "rows.csv" }, query: "SELECT * FROM data" }),
    );
    expect(failure).toMatchObject({ code: "DATA_INVALID", facts: { where: "file rows.csv" } });
    expect(failure.facts.got).toContain(`Line: ${late + 2}\n`);
    expect(failure.facts.got).toContain("\"unknown\" to 'BIGINT'");
  });

  test.each([undefined, "SELECT text FROM data"])("of Parquet: damaged bytes; query: %s", async (query) => {
    await damagedParquet("SELECT 'row ' || range AS text FROM range(400000)");
    const failure = await catchFailure(runDataset(context, { source: { file: "rows.parquet" }, query }));
    expect(failure).toMatchObject({ code: "DATA_INVALID", facts: { where: "file rows.parquet" } });
  });

  test("of a table of edges", async () => {
    await damagedParquet(
      "SELECT md5(range::VARCHAR) AS follower, md5((range + 1)::VARCHAR) AS followed FROM range(400000)",
    );
    const settings = fillSettings("hold-out-links", { edges: { file: "rows.parquet" } });
    expect(await catchFailure(holdOutLinks(settings, context))).toMatchObject({ code: "DATA_INVALID" });
  });

  test("of the system: the stage is retried where the same query then finds no error", async () => {
    jest.spyOn(DuckDBResult.prototype, "isStreaming", "get").mockReturnValue(false);
    expect(await failureOfQuery("word || range")).toMatchObject({ code: "RESOURCES_EXHAUSTED" });
  });
});

/** A Parquet file with other bytes at 70 % of its length. */
async function damagedParquet(rows: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`COPY (${rows}) TO '${inFiles("rows.parquet")}' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
  const bytes = readFileSync(inFiles("rows.parquet"));
  const from = Math.floor(bytes.length * 0.7);
  bytes.subarray(from, from + 2000).forEach((byte, i) => (bytes[from + i] = byte ^ 0xff));
  writeFileSync(inFiles("rows.parquet"), bytes);
}
