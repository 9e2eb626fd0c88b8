import os from "node:os";
import path from "node:path";
import { Table } from "../../../activities/dataset/tables/table.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, runDataset } from "../../support/datasets.js";

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(() => {
  jest.restoreAllMocks();
  context.remove();
});

/** The rows of a query on a machine with so much memory, bytes. */
async function rowsWith(memory: number): Promise<string[]> {
  jest.spyOn(os, "totalmem").mockReturnValue(memory);
  jest.spyOn(process, "constrainedMemory").mockReturnValue(memory);
  put(context, "words.csv", "word\nhello\n");
  const query = "SELECT DISTINCT (range % 300000)::VARCHAR || word AS text FROM data, range(600000)";
  const { train } = await runDataset(context, { source: { file: "words.csv" }, query });
  return train.map((row) => JSON.stringify(row));
}

test("the rows and their order do not depend on the machine's memory", async () => {
  const little = await rowsWith(2 ** 26);
  expect(little).toHaveLength(300_000);
  expect(await rowsWith(2 ** 36)).toEqual(little);
});

test("a query that needs more memory than its share is distinguished from one that is wrong", async () => {
  put(context, "words.csv", "word\nhello\n");
  const sql = "SELECT len(list(word || range))::VARCHAR AS text FROM data, range(20000000)";
  const query = { sql, variables: {}, where: "query" };
  const file = { name: "words.csv", path: path.join(context.workingDirectory, "words.csv") };
  const { home, signal } = context;
  const options = { query, queryKey: "query", seed: 1, home, source: "words.csv", log: () => undefined, signal };
  const table = await Table.open([file], "csv", { ...options, memoryBytes: 2 ** 25 });
  const rows = async (): Promise<unknown[]> => {
    const all: unknown[] = [];
    for await (const row of table.rows(sql, ["text"])) all.push(row);
    return all;
  };
  await table.columns(sql);
  const failure = await catchFailure(rows());
  expect(failure.code).toBe("RESOURCES_EXHAUSTED");
  expect(failure.facts.got).toMatch(/out of memory/i);
  await table.close();
});
