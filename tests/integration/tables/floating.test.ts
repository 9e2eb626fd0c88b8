import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { readTable } from "../../../activities/tables/read.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put } from "../../support/datasets.js";

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(() => context.remove());

async function parquet(rows: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const file = path.join(context.workingDirectory, "rows.parquet");
  await connection.run(`COPY (${rows}) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  instance.closeSync();
}
const read = (file = "rows.parquet", query?: string) =>
  readTable({ file, format: "auto", ...(query === undefined ? {} : { query }) }, "with.nodes", context);

test.each(["DOUBLE", "FLOAT"])("NaN in a column of the type %s is a missing value", async (type) => {
  await parquet(`SELECT unnest(['1.5', 'NaN', '2'])::${type} AS height, unnest(['NaN', 'b', 'c']) AS name`);
  const { columns, cells } = await read();
  expect(columns).toEqual([
    { name: "height", type: "number", values: Float64Array.of(1.5, NaN, 2) },
    { name: "name", type: "text", values: ["NaN", "b", "c"] },
  ]);
  expect(cells[0]).toEqual(["1.5", undefined, "2"]);
});

test.each(["Infinity", "-Infinity"])("%s is refused, with its column and row", async (value) => {
  await parquet(
    `SELECT CASE WHEN range = 5000 THEN '${value}' ELSE range::VARCHAR END::DOUBLE AS height FROM range(6000)`,
  );
  expect(await catchFailure(read())).toMatchObject({
    code: "DATA_INVALID",
    facts: { where: "file rows.parquet, row 5001", got: `${value} in the column height` },
  });
});

test("of CSV such words are text as they are written, and numbers in a query", async () => {
  put(context, "rows.csv", "height\n1.5\nNaN\n");
  expect((await read("rows.csv")).columns).toEqual([{ name: "height", type: "text", values: ["1.5", "NaN"] }]);
  const { columns } = await read("rows.csv", "SELECT height::DOUBLE AS height FROM data");
  expect(columns).toEqual([{ name: "height", type: "number", values: Float64Array.of(1.5, NaN) }]);
});
