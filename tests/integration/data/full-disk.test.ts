import fs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { createDatasetWriter } from "../../../formats/dataset.js";
import { createTokensWriter } from "../../../formats/tokens.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { failureOf, put, runDataset } from "../../support/datasets.js";

let context: TestContext;
let handles: FileHandle[];
beforeEach(() => {
  context = testContext();
  handles = [];
});
afterEach(() => {
  jest.restoreAllMocks();
  context.remove();
});

const full = (): Error => Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });

/** Lets the disk of all files that are opened from now on be full; of files called `name` the first `opened` can be opened. */
function fillDisk(name: string, opened = Infinity): void {
  const { open } = fs.promises;
  jest.spyOn(fs.promises, "open").mockImplementation(async (file, ...rest) => {
    if (!String(file).endsWith(name)) return open(file, ...rest);
    if (handles.length >= opened) throw full();
    const handle = await open(file, ...rest);
    jest.spyOn(handle, "appendFile").mockRejectedValue(full());
    handles.push(handle);
    return handle;
  });
}
/** A handle that is closed has no file. */
const stillOpen = (): number => handles.filter(({ fd }) => fd !== -1).length;

test.each([2, 1])("a data set closes its files where the disk is full; files that open: %i", async (opened) => {
  put(context, "a.txt", "one\ntwo\n");
  fillDisk("data.jsonl", opened);
  const work = runDataset(context, { source: { file: "a.txt" }, unit: "line", heldOut: 0.5 });
  expect((await failureOf(work)).code).toBe("DISK_FULL");
  expect(handles).toHaveLength(opened);
  expect(stillOpen()).toBe(0);
});

test("so do its writer and that of tokens", async () => {
  const facts = { vocabularySize: 300, endOfText: 256, pad: 257, tokenizerDigest: "0".repeat(64) };
  fillDisk("");
  const rows = await createDatasetWriter(context.workingDirectory, { kind: "text", source: "a", sourceDigest: "0" });
  const tokens = await createTokensWriter(context.workingDirectory, facts);
  for (const writer of [rows, tokens]) await expect(writer.close()).rejects.toMatchObject({ code: "ENOSPC" });
  expect(handles).toHaveLength(2);
  expect(stillOpen()).toBe(0);
});
