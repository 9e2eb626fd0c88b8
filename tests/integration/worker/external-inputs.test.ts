import fs from "node:fs";
import { ftruncateSync, mkdirSync, openSync, statSync, utimesSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import type { StageContext } from "../../../activities/stage.js";
import type { ApplicationFailure } from "@temporalio/common";
import { packageRoot } from "../../../platform/program/locations.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { checkpointSteps } from "../../../store/checkpoints.js";
import { readLog } from "../../../store/history/log-reader.js";
import { findResult } from "../../../store/records/results.js";
import { readExternal, refuseChanged } from "../../../worker/keys/external-inputs.js";
import { useDirectory } from "../../support/directory.js";
import { attempt, request, processWith } from "../../support/attempt.js";
import { prepareStage } from "../../support/prepare.js";
import type { Progress } from "../../../schemas/stage-result.js";
const directory = useDirectory();
const place = () => ({ home: path.join(directory(), ".pawl"), workingDirectory: directory() });
const of = async (files: string) => (await readExternal([{ where: "with.source.file", files }], place())).fingerprint;
const put = (name: string, content: string): string => {
  const file = path.join(directory(), name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
};
const refusal = (code: string) => Object.assign(new Error(`${code}: refused`), { code });
afterEach(() => jest.restoreAllMocks());

describe("an external input that cannot be read", () => {
  it.each(["EMFILE", "EACCES", "EIO"])(
    "because of %s is an error that is retried, and not the absence of a file",
    async (code) => {
      put("a.txt", "one");
      const failing = { code: "DATA_UNREADABLE", facts: { where: expect.stringContaining("a.txt"), got: code } };
      jest.spyOn(fs.promises, "open").mockRejectedValueOnce(refusal(code));
      await expect(of("a.txt")).rejects.toMatchObject(failing);
      jest.spyOn(fs.promises, "access").mockRejectedValueOnce(refusal(code));
      await expect(of("a.txt")).rejects.toMatchObject({ code: "DATA_UNREADABLE" });
      jest.spyOn(fs.promises, "readdir").mockRejectedValueOnce(refusal(code));
      await expect(of("*.txt")).rejects.toMatchObject({ code: "DATA_UNREADABLE" });
      jest.spyOn(fs.promises, "readFile").mockRejectedValueOnce(refusal(code));
      const inputs = [{ where: "with.source", package: "some-package" }];
      await expect(readExternal(inputs, place())).rejects.toMatchObject({ code: "DATA_UNREADABLE" });
    },
  );
  it("fails its stage before it starts, and may be retried", async () => {
    put("a.txt", "one");
    jest.spyOn(fs.promises, "open").mockRejectedValueOnce(refusal("EMFILE"));
    const asked = request({ with: { source: { file: "a.txt" } } });
    const worker = processWith(place().home, work, { workingDirectory: directory() });
    await expect(attempt(worker, asked)).rejects.toMatchObject({ type: "DATA_UNREADABLE", nonRetryable: false });
  });
});

test("a file that Pawl ships has the key of a copy in the project; a file of one's own goes first", async () => {
  const name = "pipelines/data/glossary.jsonl";
  const shipped = await of(name);
  const modules = [{ where: "with.judge.path", module: "stages/rules/wholly-true.mjs" }];
  const shippedModule = (await readExternal(modules, place())).fingerprint;
  const copied = (file: string) => put(file, fs.readFileSync(path.join(packageRoot(), file), "utf8"));
  copied(name);
  expect(await of(name)).toBe(shipped);
  put(name, "{}");
  expect(await of(name)).not.toBe(shipped);
  // What the project has beside a module of Pawl's is no part of that.
  put("stages/rules/story-statements.mjs", "");
  expect((await readExternal(modules, place())).fingerprint).toBe(shippedModule);
  for (const file of ["stages/rules/wholly-true.mjs", "stages/rules/story-statements.mjs"]) copied(file);
  expect((await readExternal(modules, place())).fingerprint).toBe(shippedModule);
});

test("an installed package counts by its version, a linked one by its files", async () => {
  const inputs = [{ where: "with.source", package: "texts" }];
  const now = async () => (await readExternal(inputs, place())).fingerprint;
  put("elsewhere/texts/package.json", '{ "version": "1.0.0" }');
  put("elsewhere/texts/rows.txt", "one");
  put("node_modules/texts/package.json", '{ "version": "1.0.0" }');
  const installed = await now();
  put("node_modules/texts/rows.txt", "one");
  expect(await now()).toBe(installed);
  fs.rmSync(path.join(directory(), "node_modules/texts"), { recursive: true });
  fs.symlinkSync(path.join(directory(), "elsewhere/texts"), path.join(directory(), "node_modules/texts"));
  const linked = await now();
  expect(linked).not.toBe(installed);
  put("elsewhere/texts/rows.txt", "two");
  expect(await now()).not.toBe(linked);
});

test("files are read a few at a time", async () => {
  for (let i = 0; i < 60; i++) put(`many/${i}.txt`, `${i}`);
  const open = fs.promises.open;
  let [now, most] = [0, 0];
  jest.spyOn(fs.promises, "open").mockImplementation(async (...given) => {
    const handle = await open(...given);
    most = Math.max(most, ++now);
    const close = handle.close.bind(handle);
    handle.close = async () => {
      now--;
      await close();
    };
    return handle;
  });
  expect((await readExternal([{ where: "w", files: "many/*.txt" }], place())).files).toHaveLength(60);
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThanOrEqual(8);
});

describe("a large file", () => {
  const size = 2 ** 28 + 1;
  /** Sparse: it takes no room. */
  const large = (name: string, last: string, bytes = size): string => {
    const file = put(name, "");
    const descriptor = openSync(file, "r+");
    ftruncateSync(descriptor, bytes);
    writeSync(descriptor, last, bytes - 1);
    fs.closeSync(descriptor);
    utimesSync(file, 1_000_000, 1_000_000);
    return file;
  };

  it("counts by its content, whatever its size", async () => {
    large("a.bin", "a");
    large("b.bin", "b");
    expect(statSync(path.join(directory(), "a.bin")).mtimeMs).toBe(statSync(path.join(directory(), "b.bin")).mtimeMs);
    expect(await of("a.bin")).not.toBe(await of("b.bin"));
  });
  it("is read once as long as it does not change, by whatever it is changed", async () => {
    const bytes = 2 ** 20;
    large("a.bin", "a", bytes);
    // A change within the same tick of the clock cannot be detected: the digest is not remembered.
    const now = Date.now();
    const clock = jest.spyOn(Date, "now").mockImplementation(() => now);
    const first = await of("a.bin");
    const open = jest.spyOn(fs.promises, "open");
    expect(await of("a.bin")).toBe(first);
    const opened = () => open.mock.calls.filter(([file]) => String(file).endsWith("a.bin")).length;
    expect(opened()).toBe(1);
    clock.mockImplementation(() => now + 60_000);
    await of("a.bin");
    expect(opened()).toBe(2);
    expect(await of("a.bin")).toBe(first);
    expect(opened()).toBe(2);
    // Same size, same time of modification.
    large("a.bin", "b", bytes);
    expect(await of("a.bin")).not.toBe(first);
    expect(opened()).toBe(3);
  });
  it("that is too large to be read before the stage starts is read by its attempt, which finds a cached result", async () => {
    large("a.bin", "a");
    const with_ = { source: { file: "a.bin" } };
    const { home } = place();
    const prepared = await prepareStage(place(), { with: with_ });
    expect(prepared.key).toBeUndefined();
    const ran = jest.fn(work);
    const worker = processWith(home, ran, { workingDirectory: directory() });
    await attempt(worker, request({ with: with_ }));
    await attempt(worker, request({ with: with_, runId: "other" }));
    await attempt(worker, request({ with: with_, runId: "another", reuse: 3_600_000 }));
    expect(ran).toHaveBeenCalledTimes(1);
    await attempt(worker, request({ with: with_, runId: "another one", reuse: 0 }));
    expect(ran).toHaveBeenCalledTimes(2);
  });
  it("shows how far it has been read, and how long that takes still, before the stage works", async () => {
    large("a.bin", "a");
    put("small.txt", "b");
    const told: Progress[] = [];
    const inputs = [{ where: "w", files: "*.*" }];
    const total = size + 1;
    await readExternal(inputs, { ...place(), onProgress: (progress) => told.push(progress) });
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).sort((a, b) => a - b));
    expect(told.at(-1)).toEqual({
      phase: "read sources",
      done: total,
      total,
      unit: "bytes",
      etaSeconds: 0,
      metrics: {},
    });
    expect(told.slice(0, -1).every(({ etaSeconds }) => etaSeconds! > 0)).toBe(true);
    large("b.bin", "b");
    const fails = () => Promise.reject(new Error("no matter"));
    const asked = request({ with: { source: { file: "b.bin" } }, runId: "told" });
    const failed = await attempt(processWith(place().home, fails, { workingDirectory: directory() }), asked).catch(
      (error: ApplicationFailure) => error.details?.[1],
    );
    expect(failed).toMatchObject({ phase: "read sources", done: size, total: size });
    const said: string[] = [];
    for await (const { message } of readLog(place().home, "told")) said.push(message);
    expect(said).not.toContain("working");
  });
});

async function work(_settings: never, context: StageContext) {
  const train = await putArtifact(context.home, "dataset", () => undefined);
  return { outputs: { train, heldOut: train }, metrics: {} };
}

/** A worker process whose stage does something before its work. */
function workerThatFirst(does: (context: StageContext) => Promise<void> | void) {
  const stage = async (settings: never, context: StageContext) => {
    await does(context);
    return work(settings, context);
  };
  return processWith(place().home, stage, { workingDirectory: directory() });
}

describe("a source that is edited while its stage runs", () => {
  const asked = request({ with: { source: { file: "a.txt" } }, reuse: false });
  const keyNow = async (): Promise<string> => (await prepareStage(place(), { with: asked.with })).key!;
  const edits: [string, (file: string) => void][] = [
    ["edited", (file) => writeFileSync(file, "two")],
    [
      "edited and put back",
      (file) => {
        writeFileSync(file, "two");
        writeFileSync(file, "one");
        utimesSync(file, 1_000_000, 1_000_001);
      },
    ],
    ["removed", (file) => fs.rmSync(file)],
  ];

  it.each(edits)("%s: no result is recorded under the key of before, and the stage is retried", async (_, edit) => {
    const file = put("a.txt", "one");
    const key = await keyNow();
    const worker = workerThatFirst(() => edit(file));
    await expect(attempt(worker, asked)).rejects.toMatchObject({ type: "DATA_CHANGED", nonRetryable: false });
    expect(await findResult(place().home, key)).toBeUndefined();
  });
  it.each(edits)("%s: no checkpoint is saved under the key of before", async (_, edit) => {
    const file = put("a.txt", "one");
    const key = await keyNow();
    const worker = workerThatFirst(async (context) => {
      edit(file);
      await context.checkpoints.save(1, () => undefined);
    });
    await expect(attempt(worker, asked)).rejects.toMatchObject({ type: "DATA_CHANGED" });
    expect(await checkpointSteps(place().home, key)).toEqual([]);
  });
  it("another file that matches: neither", async () => {
    put("data/a.txt", "one");
    const all = request({ with: { source: { file: "data/*.txt" } } });
    const worker = workerThatFirst(() => void put("data/b.txt", "two"));
    await expect(attempt(worker, all)).rejects.toMatchObject({ type: "DATA_CHANGED" });
  });
  it("not at all: the result is recorded", async () => {
    put("a.txt", "one");
    const key = await keyNow();
    await attempt(processWith(place().home, work, { workingDirectory: directory() }), asked);
    expect(await findResult(place().home, key)).toBeDefined();
  });
});

test.each([
  ["is edited", "export const x = 2;"],
  ["imports what is not there", 'export { x } from "./missing.mjs";'],
])("a result of code is refused where a file that its module imports %s meanwhile", async (_, content) => {
  put("modules/rule.mjs", 'import { x } from "./helper.mjs"; export default () => x;');
  put("modules/helper.mjs", "export const x = 1;");
  const inputs = [{ where: "with.judge.path", module: "modules/rule.mjs" }];
  const before = await readExternal(inputs, place());
  await refuseChanged(before, inputs, place());
  put("modules/helper.mjs", content);
  await expect(refuseChanged(before, inputs, place())).rejects.toMatchObject({ code: "DATA_CHANGED" });
});
