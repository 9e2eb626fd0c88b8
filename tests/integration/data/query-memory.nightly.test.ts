import os from "node:os";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { put, runDataset } from "../../support/datasets.js";

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
