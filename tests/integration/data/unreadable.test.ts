import fs from "node:fs";
import path from "node:path";
import { randomBytes } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { netrcCredentials } from "../../../activities/dataset/sources/netrc.js";
import { resourceError } from "../../../activities/dataset/tables/resource-error.js";
import { readChunks } from "../../../activities/dataset/rows/text.js";
import { unpackedSize } from "../../../activities/dataset/sources/unpacked-size.js";
import { moduleFile } from "../../../activities/scoring/code-roots.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, put, runDataset } from "../../support/datasets.js";

let context: TestContext;
beforeEach(() => (context = testContext()));
afterEach(() => {
  jest.restoreAllMocks();
  context.remove();
});

/** More than one read of a file takes, packed as well. */
const rows = Array.from({ length: 4000 }, (_, i) => ({ text: `${i} ${randomBytes(40).toString("hex")}` }));
const texts: Record<string, string> = {
  csv: `text\n${rows.map(({ text }) => `${text}\n`).join("")}`,
  json: JSON.stringify(rows),
  jsonl: rows.map((row) => `${JSON.stringify(row)}\n`).join(""),
  txt: rows.map(({ text }) => `${text}\n`).join(""),
};
function putBoth(): string[] {
  return Object.entries(texts).flatMap(([ending, text]) => {
    put(context, `rows.${ending}`, text);
    put(context, `rows.${ending}.gz`, gzipSync(text));
    return [`rows.${ending}`, `rows.${ending}.gz`];
  });
}
const local = (name: string) => ({ name, path: path.join(context.workingDirectory, name) });
const refusal = (code: string) => Object.assign(new Error(`${code}: i/o error, read`), { code });

/** Makes the system refuse to read after the first `done` reads. */
function refuseReading(code: string, done = 1): void {
  const read = fs.read as (...given: unknown[]) => void;
  let reads = 0;
  const refusing = (...given: unknown[]): void => {
    if (reads++ < done) read(...given);
    else (given.at(-1) as (error: Error, bytes: number) => void)(refusal(code), 0);
  };
  jest.spyOn(fs, "read").mockImplementation(refusing);
}

async function readAll(name: string): Promise<void> {
  for await (const chunk of readChunks(local(name))) expect(chunk.length).toBeGreaterThan(0);
}

describe("a source that the system cannot read for a moment", () => {
  it.each(["EIO", "ESTALE", "EMFILE"])("is an error that is retried, not bad data: %s", async (code) => {
    for (const name of putBoth()) {
      refuseReading(code);
      const failure = await catchFailure(readAll(name));
      expect(failure).toMatchObject({ code: "DATA_UNREADABLE", facts: { where: name, got: code } });
      jest.restoreAllMocks();
    }
  });
  it("is reported as such by the stage, whatever the format", async () => {
    for (const file of putBoth()) {
      refuseReading("EIO", 0);
      const failure = await catchFailure(runDataset(context, { source: { file } }));
      expect([file, failure.code]).toEqual([file, "DATA_UNREADABLE"]);
      jest.restoreAllMocks();
    }
  });
  it("is not taken for a file that does not unpack, whose size is then nobody's business", async () => {
    putBoth();
    refuseReading("EIO");
    const size = unpackedSize(local("rows.txt.gz").path, 2 ** 30, context.signal);
    expect(await catchFailure(size)).toMatchObject({ code: "DATA_UNREADABLE" });
  });
  it("is known by DuckDB's words, too", () => {
    const message = 'IO Error: Could not read from file "rows.csv": Stale file handle';
    expect(resourceError(message, "rows.csv", context.home)).toMatchObject({ code: "RESOURCES_EXHAUSTED" });
  });
});

describe("what is not a source and cannot be read for a moment is not taken for absent", () => {
  beforeEach(() => void jest.spyOn(fs.promises, "readFile").mockRejectedValue(refusal("EIO")));
  it("the list of packages that may bring code", async () => {
    const file = moduleFile("node_modules/some/judge.mjs", "with.judge.module", context.workingDirectory);
    await expect(file).rejects.toMatchObject({ code: "EIO" });
  });
  it("the passwords of servers, which would refuse the download", async () => {
    expect(await catchFailure(netrcCredentials(new URL("https://example.org/a.csv")))).toMatchObject({
      code: "DATA_UNREADABLE",
    });
  });
});

it("files that DuckDB is to find are no bad data where the system refuses them", async () => {
  put(context, "rows.csv", texts["csv"]!);
  jest.spyOn(fs.promises, "symlink").mockRejectedValue(refusal("EIO"));
  expect(await catchFailure(runDataset(context, { source: { file: "rows.csv" } }))).toMatchObject({
    code: "STORE_UNREADABLE",
  });
});

it("a file that is not, or not all, gzip cannot be unpacked", async () => {
  put(context, "bad.jsonl.gz", "no gzip");
  put(context, "torn.jsonl.gz", gzipSync(texts["jsonl"]!).subarray(0, 100_000));
  for (const name of ["bad.jsonl.gz", "torn.jsonl.gz"]) {
    expect(await catchFailure(readAll(name))).toMatchObject({ code: "DATA_INVALID", facts: { where: name } });
    expect(await unpackedSize(local(name).path, 2 ** 30, context.signal)).toBeUndefined();
  }
});

const there = process.platform === "linux";
(there ? it : it.skip)(`a reader that stops early leaves no file open${there ? "" : " (needs /proc)"}`, async () => {
  const names = putBoth();
  const openFiles = () => fs.readdirSync("/proc/self/fd").length;
  const before = openFiles();
  for (let round = 0; round < 20; round++)
    for (const name of names) for await (const chunk of readChunks(local(name))) if (chunk.length > 0) break;
  // Closing continues behind the reader's back; what leaks stays for good.
  for (let turn = 0; turn < 1000 && openFiles() > before; turn++) await setImmediate();
  expect(openFiles()).toBeLessThanOrEqual(before);
});
