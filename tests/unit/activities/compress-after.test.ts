import { lastRows } from "../../../activities/evaluate/compress-after.js";
import { putDataset } from "../../support/datasets.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

async function dataset(...texts: string[]): Promise<string> {
  const ref = await putDataset(
    context,
    texts.map((text) => ({ text })),
  );
  return context.openArtifact(ref);
}

async function read(leaveOut: number, ...directories: string[]) {
  const counts = { bytes: 0, leftOut: 0 };
  const parts: Buffer[] = [];
  for await (const part of lastRows(directories, leaveOut, counts)) parts.push(part);
  return { ...counts, text: Buffer.concat(parts).toString() };
}

test("the compressor reads the rows of all datasets in their order, a line each", async () => {
  const [first, second] = [await dataset("one", "zwö"), await dataset("three")];
  expect(await read(0, first, second)).toEqual({ bytes: 15, leftOut: 0, text: "one\nzwö\nthree\n" });
});

test("where its window does not hold them all, the first rows are left out, and counted", async () => {
  const [first, second] = [await dataset("one", "two"), await dataset("three")];
  expect(await read(5, first, second)).toEqual({ bytes: 6, leftOut: 8, text: "three\n" });
});
