import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import fs from "node:fs/promises";
import path from "node:path";
import { identify, processName } from "../../../platform/processes/process-identity.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { RunStatus, StageState } from "../../../schemas/run.js";
import { collectGarbage, type GcOptions } from "../../../store/collection/gc.js";
import { hasArtifacts, openArtifact } from "../../../store/artifacts/artifacts.js";
import { checkpointSteps, openCheckpoints } from "../../../store/checkpoints.js";
import { layout } from "../../../store/home.js";
import { appendLog } from "../../../store/history/log.js";
import { openMetrics } from "../../../store/history/metrics.js";
import { useResult } from "../../../store/records/results.js";
import { findRecord, saveRecord } from "../../../store/records/runs.js";
import { useDirectory } from "../../support/directory.js";
import {
  longAgo,
  makeResult as makeResultIn,
  makeRun as makeRunIn,
  putText,
  toState,
} from "../../support/made-store.js";

const home = useDirectory();
const day = 24 * 60 * 60 * 1000;

const put = (text: string) => putText(home(), text);
const makeResult = (text: string, inputs: ArtifactRef[] = [], runId?: string) =>
  makeResultIn(home(), text, inputs, runId);
const makeRun = (runId: string, status: RunStatus, stages: StageState[] = [], startedAt = longAgo) =>
  makeRunIn(home(), runId, status, stages, { startedAt });

/** Makes everything in the store 60 days older than it is. */
function ageAll(directory = home(), days = 60): void {
  for (const name of readdirSync(directory)) {
    const entry = path.join(directory, name);
    if (statSync(entry).isDirectory()) ageAll(entry, days);
    const time = new Date(Date.now() - days * day);
    utimesSync(entry, time, time);
  }
}

const collect = (options: Partial<GcOptions> = {}) =>
  collectGarbage(home(), { beforeMs: Date.now() - 30 * day, dryRun: false, ...options });

async function rows(options: Partial<GcOptions> = {}): Promise<string[]> {
  const found = (await collect(options)).rows;
  return found.map(({ kind, removed, why, number }) => `${kind} ${removed ? "removed" : "kept"} ${why} ${number}`);
}

test("a child that has succeeded stays with a run above it that has not", async () => {
  const made = await makeResult("made");
  await makeRun("p", "running");
  await makeRun("p.child", "succeeded", [], longAgo);
  await makeRun("p.child.inner", "succeeded", [toState(made)], longAgo);
  await makeRun("other", "succeeded");
  for (const [id, run] of [
    ["p.child", "p"],
    ["p.child.inner", "p.child"],
    ["other", "other"],
  ] as const)
    await saveRecord(home(), { ...(await findRecord(home(), id))!, parent: { run, stage: "s" } });
  ageAll();
  expect((await rows({ keepRuns: 0 })).filter((row) => row.startsWith("run "))).toEqual([
    "run removed old 1",
    "run kept resumable 3",
  ]);
  expect(hasArtifacts(home(), made.outputs)).toBe(true);
});

test("what no run and no recent result reaches is removed, and what they reach stays", async () => {
  const base = await makeResult("base");
  const chat = await makeResult("chat", [base.outputs.model!]);
  const gone = await makeResult("gone", [base.outputs.model!]);
  const orphan = await put("orphan");
  await makeRun("kept", "succeeded", [toState(chat)]);
  ageAll();
  const recent = await makeResult("recent");
  expect(await rows({ dryRun: true })).toEqual([
    "run kept unasked 1",
    "result removed unreached 1",
    "result kept recent 1",
    "result kept run 2",
    "artifact removed unreached 2",
    "artifact kept recent 1",
    "artifact kept run 2",
  ]);
  expect(hasArtifacts(home(), { orphan })).toBe(true);
  const { rows: found } = await collect();
  const freed = found.filter(({ removed }) => removed).map(({ kind, bytes }) => [kind, bytes > 0]);
  expect(freed).toEqual([
    ["result", true],
    ["artifact", true],
  ]);
  for (const { key, outputs } of [base, chat, recent]) {
    expect(existsSync(layout.result(home(), key))).toBe(true);
    expect(hasArtifacts(home(), outputs)).toBe(true);
  }
  expect(hasArtifacts(home(), { orphan })).toBe(false);
  expect(hasArtifacts(home(), gone.outputs)).toBe(false);
  expect(existsSync(layout.result(home(), gone.key))).toBe(false);
  expect(readdirSync(layout.temporary(home()))).toEqual([]);
});

test.each(["loading", "running", "parked", "waiting", "failed", "cancelled"] as const)(
  "a run that is %s keeps what its files name, whatever its age",
  async (status) => {
    const [cached, own, literal, asked] = [
      await makeResult("cached"),
      await makeResult("own", [], "r"),
      await put("literal"),
      await put("asked"),
    ];
    await makeRun("r", status, [
      { ...toState(), choiceRequest: { pairs: asked as never, items: 1, target: 1, choices: {} } },
    ]);
    // The record of a run under way does not have its finished stages yet.
    appendLog(home(), "r", { time: longAgo, stage: "s", attempt: 0, message: "cached", data: { key: cached.key } });
    writeFileSync(
      path.join(layout.run(home(), "r"), "pipeline.yaml"),
      `with: { model: { digest: ${literal.digest} } }`,
    );
    ageAll();
    expect(await rows({ keepRuns: 0 })).toEqual(["run kept resumable 1", "result kept run 2", "artifact kept run 4"]);
    expect(hasArtifacts(home(), { ...own.outputs, literal, asked, cached: cached.outputs.model! })).toBe(true);
  },
);

test("a run whose record is damaged keeps the results that it made", async () => {
  const made = await makeResult("made", [], "r");
  await makeRun("r", "succeeded", [toState(made)]);
  writeFileSync(path.join(layout.run(home(), "r"), "record.json"), "{");
  ageAll();
  expect(await rows({ keepRuns: 0 })).toEqual([
    ...["run kept resumable 1", "result kept run 1", "artifact kept run 1", "damaged kept recent 1"],
  ]);
});

test("an artifact that was written while a run is under way stays, though no result names it yet", async () => {
  await put("before");
  ageAll();
  await makeRun("r", "running", [], new Date(Date.now() - 59 * day).toISOString());
  await put("now");
  ageAll(layout.objects(home()), 58);
  const before = path.join(layout.objects(home()), readdirSync(layout.objects(home()))[0]!);
  utimesSync(before, 1, 1);
  expect(await rows()).toEqual(["run kept resumable 1", "artifact removed unreached 1", "artifact kept underWay 1"]);
});

test("so does one that was written while the clock was set back by a day", async () => {
  await makeRun("r", "running", [], new Date(Date.now() - 59 * day).toISOString());
  await put("now");
  ageAll(layout.objects(home()), 60);
  expect(await rows()).toEqual(["run kept resumable 1", "artifact kept underWay 1"]);
});

test("with an age, old succeeded runs go with what only they reach, but for the newest", async () => {
  const [old, shared] = [await makeResult("old", [], "old"), await makeResult("shared")];
  await makeRun("old", "succeeded", [toState(old), toState(shared)], "2026-01-01T00:00:00.000Z");
  await makeRun("other", "succeeded", [toState(shared)], "2026-01-02T00:00:00.000Z");
  await makeRun("failed", "failed", [], "2026-01-01T12:00:00.000Z");
  ageAll();
  await makeRun("young", "succeeded", [], "2026-01-01T01:00:00.000Z");
  const planned = await collect({ keepRuns: 1, dryRun: true });
  const report = await collect({ keepRuns: 1 });
  expect(planned).toEqual(report);
  expect(report.runs).toEqual(["old"]);
  const runs = report.rows.filter(({ kind }) => kind === "run");
  expect(runs.map(({ removed, why }) => `${why} ${removed}`)).toEqual([
    "old true",
    "newest false",
    "recent false",
    "resumable false",
  ]);
  expect(await findRecord(home(), "old")).toBeUndefined();
  expect(hasArtifacts(home(), old.outputs)).toBe(false);
  expect(hasArtifacts(home(), shared.outputs)).toBe(true);
});

test("checkpoints and metrics go by their key; the newest checkpoint counts for all", async () => {
  const keys = ["a", "b", "c"].map((letter) => letter.repeat(64));
  for (const key of keys) {
    const checkpoints = openCheckpoints(home(), key, { keep: 2, onCorrupt: () => undefined });
    for (const step of [1, 2])
      await checkpoints.save(step, (to) => writeFileSync(path.join(to, "state"), String(step)));
    const history = openMetrics(home(), key);
    history.record(1, { loss: 1 });
    await history.finish();
  }
  await makeRun("r", "failed", [{ ...toState(), key: keys[0]! }]);
  ageAll();
  // An attempt that opens a checkpoint uses it.
  await openCheckpoints(home(), keys[1]!, { keep: 2, onCorrupt: () => undefined }).latest();
  expect((await rows()).filter((row) => !row.startsWith("run"))).toEqual([
    "metrics removed unreached 2",
    "metrics kept run 1",
    "checkpoint removed unreached 2",
    "checkpoint kept recent 2",
    "checkpoint kept run 2",
  ]);
  expect(await Promise.all(keys.map((key) => checkpointSteps(home(), key)))).toEqual([[2, 1], [2, 1], []]);
  expect(readdirSync(layout.allCheckpoints(home()))).toEqual(keys.slice(0, 2));
});

test("what killed processes left behind and old damaged files go", async () => {
  await put("x");
  const dead = processName({ pid: 4_000_000, started: "1" });
  const living = processName(identify(process.ppid));
  for (const owner of [dead, living]) mkdirSync(path.join(layout.temporary(home()), `${owner}.token.1.artifact`));
  mkdirSync(layout.corrupt(home()), { recursive: true });
  for (const time of [Date.parse(longAgo), Date.now()])
    writeFileSync(path.join(layout.corrupt(home()), `record.json-${time}-7`), "{");
  expect((await rows()).filter((row) => !row.startsWith("artifact"))).toEqual([
    "temporary removed leftover 1",
    "damaged removed old 1",
    "damaged kept recent 1",
  ]);
});

test("a result that a run takes right before its removal goes back; right after, the run finds none", async () => {
  const [used, unused] = [await makeResult("used"), await makeResult("unused")];
  ageAll();
  const real = fs.rename;
  const renamed = jest.spyOn(fs, "rename").mockImplementation(async (from, to) => {
    // The last moment at which a run can take it.
    if (String(from).includes(used.key)) expect(await useResult(home(), used.key)).toBeDefined();
    await real(from, to);
    if (String(from).includes(used.key)) expect(await useResult(home(), used.key)).toBeUndefined();
  });
  const found = await rows();
  renamed.mockRestore();
  expect(found).toEqual([
    "result removed unreached 1",
    "result kept recent 1",
    "artifact removed unreached 1",
    "artifact kept recent 1",
  ]);
  expect(await useResult(home(), used.key)).toMatchObject({ key: used.key });
  expect(await useResult(home(), unused.key)).toBeUndefined();
});

test("an artifact that is written again while it is collected stays", async () => {
  const ref = await put("again");
  ageAll();
  const real = fs.rename;
  const renamed = jest.spyOn(fs, "rename").mockImplementation(async (from, to) => {
    await real(from, to);
    if (String(from) !== layout.object(home(), ref.digest)) return;
    renamed.mockRestore();
    await put("again");
  });
  await collect();
  expect(hasArtifacts(home(), { ref })).toBe(true);
  await openArtifact(home(), ref);
});

test("using an artifact or a result makes it recent", async () => {
  const [used, opened] = [await makeResult("used"), await put("opened")];
  ageAll();
  expect(await useResult(home(), used.key)).toMatchObject({ key: used.key });
  await openArtifact(home(), opened);
  expect(await rows()).toEqual(["result kept recent 1", "artifact kept recent 2"]);
});

test("an artifact that exists is used by whoever writes it again", async () => {
  await put("again");
  ageAll();
  await put("again");
  expect(await rows()).toEqual(["artifact kept recent 1"]);
});
