import path from "node:path";
import { catchFailure, put, runDataset } from "../../support/datasets.js";
import { decimalParquet } from "../../support/parquet.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

/** Writes each query's rows as a file. */
async function write(files: Record<string, string>): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  for (const [name, query] of Object.entries(files))
    await connection.run(`COPY (${query}) TO '${path.join(context.workingDirectory, name)}' (FORMAT parquet)`);
  connection.closeSync();
}

const read = (query?: string) =>
  runDataset(context, { source: { file: "*.parquet" }, ...(query !== undefined && { query }) });
const byText = "SELECT n::VARCHAR AS text FROM data ORDER BY text";

test.each([undefined, "SELECT price::VARCHAR AS text FROM data"])(
  "decimals of 76 digits are refused: %s",
  async (query) => {
    put(context, "a.parquet", decimalParquet("price", 76, 2, [110n, 10n ** 40n + 1n]));
    expect(await catchFailure(read(query))).toMatchObject({
      code: "DATA_INVALID",
      message: "the decimals of the column price have too many digits",
      facts: { where: "a.parquet", expected: "at most 38 digits", got: "76 digits" },
    });
  },
);

test("decimals of 38 digits are read as written", async () => {
  put(context, "a.parquet", decimalParquet("text", 38, 2, [110n, 10n ** 37n + 1n]));
  expect((await read()).train).toEqual([{ text: "1.10" }, { text: `1${"0".repeat(34)}0.01` }]);
});

test.each([
  ["an integer", "SELECT 9007199254740993::BIGINT AS n", "SELECT 1.5::DOUBLE AS n", "9007199254740993"],
  ["the largest integer", "SELECT 9223372036854775807::BIGINT AS n", "SELECT 1.5::DOUBLE AS n", "9223372036854775807"],
  ["an integer beside 32 bits", "SELECT 16777217::INTEGER AS n", "SELECT 1.5::FLOAT AS N", "16777217"],
  ["a decimal", "SELECT 12345678901234567.89::DECIMAL(19, 2) AS n", "SELECT 1.5::DOUBLE AS n", "12345678901234567.89"],
  [
    "an integer in a structure",
    "SELECT {x: 9007199254740993} AS n",
    "SELECT {x: 1.5::DOUBLE} AS n",
    "{'x': 9007199254740993}",
  ],
])("%s that the type of another file would round is refused", async (_what, first, second, got) => {
  await write({ "a.parquet": second, "b.parquet": first });
  expect(await catchFailure(read("SELECT n::VARCHAR AS text FROM data"))).toMatchObject({
    code: "DATA_INVALID",
    message: "the column n holds a number that would be rounded",
    facts: { where: "b.parquet", got },
  });
});

test("integers and decimals that the other type holds are read, and so are other pairs of types", async () => {
  await write({
    "a.parquet": "SELECT 7::BIGINT AS n UNION ALL SELECT NULL",
    "b.parquet": "SELECT 1.5::DOUBLE AS n UNION ALL SELECT 'NaN'::DOUBLE",
    "c.parquet": "SELECT 1.10::DECIMAL(9, 2) AS n",
  });
  expect((await read(byText)).train).toEqual(["1.1", "1.5", "7.0", "nan"].map((text) => ({ text })));
});

test("an integer beside text stays as written", async () => {
  await write({ "a.parquet": "SELECT 9007199254740993::BIGINT AS text", "b.parquet": "SELECT 'x' AS text" });
  expect((await read()).train).toEqual([{ text: "9007199254740993" }, { text: "x" }]);
});
