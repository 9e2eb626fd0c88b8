import path from "node:path";
import { Table } from "../../../activities/dataset/tables/table.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put } from "../../support/datasets.js";

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(() => context.remove());

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
