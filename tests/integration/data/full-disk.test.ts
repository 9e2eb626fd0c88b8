import fs from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { createDatasetWriter } from "../../../formats/dataset.js";
import { createTokensWriter } from "../../../formats/tokens.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, runDataset } from "../../support/datasets.js";

let context: TestContext;
let descriptors: Map<number, "open" | "closed">;
beforeEach(() => {
  context = testContext();
  descriptors = new Map();
});
afterEach(() => {
  jest.restoreAllMocks();
  context.remove();
});

const full = (): Error => Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });

/**
 * Lets the disk be full for what is written to files called `name`, of which the first `opened` can
 * be opened.
 */
function fillDisk(name: string, opened = Infinity): void {
  const { openSync, closeSync, appendFileSync } = fs;
  jest.spyOn(fs, "openSync").mockImplementation((file, ...rest) => {
    if (!String(file).endsWith(name)) return openSync(file, ...rest);
    if (descriptors.size >= opened) throw full();
    const descriptor = openSync(file, ...rest);
    descriptors.set(descriptor, "open");
    return descriptor;
  });
  jest.spyOn(fs, "appendFileSync").mockImplementation((file, ...rest) => {
    if (descriptors.has(file as number)) throw full();
    appendFileSync(file, ...rest);
  });
  jest.spyOn(fs, "closeSync").mockImplementation((descriptor) => {
    if (descriptors.has(descriptor)) descriptors.set(descriptor, "closed");
    closeSync(descriptor);
  });
}
const stillOpen = (): string[] => [...descriptors.values()].filter((state) => state === "open");

test.each([2, 1])("a data set closes its files where the disk is full; files that open: %i", async (opened) => {
  put(context, "a.txt", "one\ntwo\n");
  fillDisk("data.jsonl", opened);
  const work = runDataset(context, { source: { file: "a.txt" }, unit: "line", heldOut: 0.5 });
  expect((await catchFailure(work)).code).toBe("DISK_FULL");
  expect(descriptors.size).toBe(opened);
  expect(stillOpen()).toEqual([]);
});

test("so do its writer and that of tokens", async () => {
  const facts = { vocabularySize: 300, endOfText: 256, pad: 257, tokenizerDigest: "0".repeat(64) };
  fillDisk("data.jsonl");
  const rows = createDatasetWriter(context.workingDirectory, { kind: "text", source: "a", sourceDigest: "0" });
  await rows.write({ text: "one" });
  await expect(rows.close()).rejects.toMatchObject({ code: "ENOSPC" });
  expect([descriptors.size, stillOpen()]).toEqual([1, []]);

  const { open } = fs.promises;
  const handles: FileHandle[] = [];
  jest.spyOn(fs.promises, "open").mockImplementation(async (...given) => {
    const handle = await open(...given);
    jest.spyOn(handle, "appendFile").mockRejectedValue(full());
    handles.push(handle);
    return handle;
  });
  const tokens = await createTokensWriter(context.workingDirectory, facts);
  await expect(tokens.close()).rejects.toMatchObject({ code: "ENOSPC" });
  // A handle that is closed has no file.
  expect(handles.map(({ fd }) => fd)).toEqual([-1]);
});
