import { existsSync, readdirSync } from "node:fs";
import { DuckDBConnection } from "@duckdb/node-api";
import { putTable } from "../../../activities/tables/put.js";
import { errorCodes } from "../../../platform/errors.js";
import { layout } from "../../../store/home.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure } from "../../support/datasets.js";

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(() => {
  jest.restoreAllMocks();
  context.remove();
});

const columns = [{ name: "text", type: "text", values: ["a", "b"] }] as const;
const write = () => putTable(context, { name: "rows", description: "made here" }, columns);

test("a table is written in bounded memory, and what does not fit lies in the store until it is written", async () => {
  const run = jest.spyOn(DuckDBConnection.prototype, "run");
  const settings: unknown[] = [];
  run.mockImplementationOnce(async function (this: DuckDBConnection, sql) {
    const read = await this.runAndReadAll("SELECT current_setting('temp_directory'), current_setting('memory_limit')");
    settings.push(...read.getRows()[0]!);
    expect(existsSync(String(settings[0]))).toBe(true);
    return this.run(sql);
  });
  await write();
  expect(settings).toEqual([expect.stringContaining(layout.temporary(context.home)), "2.0 GiB"]);
  expect(readdirSync(layout.temporary(context.home))).toEqual([]);
});

test.each([
  ['IO Error: Cannot open file "rows.parquet": Too many open files', "io"],
  ['IO Error: Could not write file "rows.csv": Input/output error', "io"],
  ["Out of Memory Error: failed to allocate data of size 16.0 MiB (30.1 MiB/32.0 MiB used)", "io"],
  ["Failed to append: could not allocate block of size 256.0 KiB (31.9 MiB/32.0 MiB used)", "io"],
  ['IO Error: Could not write file "rows.csv": No space left on device', "diskFull"],
  ["Out of Memory Error: failed to offload data block of size 256.0 KiB (1.0 MiB/1.0 MiB used).", "diskFull"],
])("%s: %s", async (message, expected) => {
  jest.spyOn(DuckDBConnection.prototype, "run").mockRejectedValueOnce(new Error(message));
  const failure = await catchFailure(write());
  expect(errorCodes[failure.code]).toBe(expected);
  expect(readdirSync(layout.temporary(context.home))).toEqual([]);
});

test("any other error of a table stays what it is", async () => {
  jest.spyOn(DuckDBConnection.prototype, "run").mockRejectedValueOnce(new Error("Binder Error: a bug"));
  await expect(write()).rejects.toThrow(/^Binder Error: a bug$/);
});
