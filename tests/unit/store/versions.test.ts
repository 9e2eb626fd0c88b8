import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { collectGarbage } from "../../../store/collection/gc.js";
import { allResults } from "../../../store/records/all-results.js";
import { hasArtifacts } from "../../../store/artifacts/artifacts.js";
import { layout } from "../../../store/home.js";
import { findLatest, recordLatest } from "../../../store/records/latest.js";
import { openMetrics } from "../../../store/history/metrics.js";
import { findResult, recordResult } from "../../../store/records/results.js";
import { findPlan, findRecord, listRecords, savePlan } from "../../../store/records/runs.js";
import { storeId } from "../../../store/ownership/identity.js";
import { completeReplacements } from "../../../store/artifacts/owned-directory.js";
import { sealed, unsealed } from "../../../store/records/seal.js";
import { useDirectory } from "../../support/directory.js";
import { longAgo, makeResult, makeRun, putText, toState } from "../../support/made-store.js";

const home = useDirectory();
const hour = 3_600_000;

/**
 * Makes a record one of a newer version: whole, with a field that this version does not know the
 * values of.
 */
function makeNewer(file: string, change: (record: never) => object): string {
  const text = sealed(change(unsealed(readFileSync(file, "utf8")) as never));
  writeFileSync(file, text);
  return text;
}

const recordOf = (runId: string): string => path.join(layout.run(home(), runId), "record.json");
const withStatus = (record: object): object => ({ ...record, status: "archived" });
const withStageType = (record: { stages: object[] }): object => ({
  ...record,
  stages: record.stages.map((stage) => ({ ...stage, uses: "distill" })),
});
const withKind = (record: { outputs: Record<string, object> }): object => ({
  ...record,
  outputs: { model: { ...record.outputs["model"], artifact: "adapter" } },
});

function corrupt(): string[] {
  return existsSync(layout.corrupt(home())) ? readdirSync(layout.corrupt(home())) : [];
}

let reported: string[];
beforeEach(() => {
  reported = [];
  jest.spyOn(process.stderr, "write").mockImplementation((line) => reported.push(String(line)) > 0);
});
afterEach(() => void jest.restoreAllMocks());

test.each([
  ["status", withStatus],
  ["stage type", withStageType],
])(
  "a run whose record has a %s of a newer version stays, is reported once, and is refused by name",
  async (_, newer) => {
    await makeRun(home(), "mine", "succeeded");
    await makeRun(home(), "newer", "succeeded", [toState()]);
    const text = makeNewer(recordOf("newer"), newer);
    for (let times = 0; times < 2; times++)
      expect((await listRecords(home())).map(({ runId }) => runId)).toEqual(["mine"]);
    expect(reported).toEqual([expect.stringMatching(/^the record of a run in .*newer.* by another version of Pawl/)]);
    for (const find of [findRecord, findPlan])
      await expect(find(home(), "newer")).rejects.toMatchObject({ code: "OTHER_VERSION" });
    expect(readFileSync(recordOf("newer"), "utf8")).toBe(text);
    expect(corrupt()).toEqual([]);
  },
);

test("a run cannot begin under the id of a run of another version", async () => {
  await makeRun(home(), "r", "succeeded");
  const plan = { name: "p", definitionDigest: "d", seed: 1, inputs: {}, stages: [], outputs: {} };
  await savePlan(home(), "r", plan, "old");
  const file = path.join(layout.run(home(), "r"), "plan.json");
  const text = makeNewer(file, (record: { plan: object }) => ({ ...record, plan: { ...record.plan, stages: {} } }));
  await expect(savePlan(home(), "r", plan, "new")).rejects.toMatchObject({ code: "OTHER_VERSION" });
  expect(readFileSync(file, "utf8")).toBe(text);
  expect(readFileSync(path.join(layout.run(home(), "r"), "pipeline.yaml"), "utf8")).toBe("old");
});

test("a result, a last identity and a journal of another version are neither used nor replaced", async () => {
  const made = await makeResult(home(), "made");
  const file = layout.result(home(), made.key);
  await recordLatest(home(), "p", "s", made);
  const latest = layout.latest(home(), "p", "s");
  const journal = path.join(layout.exports(home()), `${"0".repeat(12)}-2-1.gone.gone.export`);
  mkdirSync(layout.exports(home()), { recursive: true });
  writeFileSync(journal, sealed({ from: "a", to: "b" }));
  utimesSync(journal, 0, 0);
  const texts = [
    makeNewer(file, withKind),
    makeNewer(latest, (record: { identity: object }) => ({
      ...record,
      identity: { ...record.identity, uses: "distill" },
    })),
    readFileSync(journal, "utf8"),
  ];
  expect([await findResult(home(), made.key), await findLatest(home(), "p", "s")]).toEqual([undefined, undefined]);
  expect(await allResults(home())).toEqual([]);
  await recordResult(home(), made);
  await recordLatest(home(), "p", "s", made);
  await completeReplacements(home());
  expect([file, latest, journal].map((name) => readFileSync(name, "utf8"))).toEqual(texts);
  expect(corrupt()).toEqual([]);
});

test("a store whose identity has another form is refused, and keeps it", async () => {
  await storeId(home());
  const [file] = layout.identity(home());
  const text = makeNewer(file, () => ({ id: "urn:store:1" }));
  await expect(storeId(home())).rejects.toMatchObject({ code: "OTHER_VERSION" });
  expect(readFileSync(file, "utf8")).toBe(text);
});

/** Makes everything in the store older than it is, so that its age protects nothing. */
function ageAll(directory: string): void {
  for (const name of readdirSync(directory)) {
    const entry = path.join(directory, name);
    if (statSync(entry).isDirectory()) ageAll(entry);
    const time = new Date(statSync(entry).mtimeMs - 60 * 24 * hour);
    utimesSync(entry, time, time);
  }
}

async function collected(): Promise<string[]> {
  const { rows } = await collectGarbage(home(), { beforeMs: Date.now() - 24 * hour, keepRuns: 0, dryRun: false });
  return rows.map(({ kind, removed, why, number }) => `${kind} ${removed ? "removed" : "kept"} ${why} ${number}`);
}

test("gc keeps what a result of another version names, and removes the rest", async () => {
  const input = await makeResult(home(), "input");
  const newer = await makeResult(home(), "newer", [input.outputs["model"]!]);
  const gone = await makeResult(home(), "gone");
  makeNewer(layout.result(home(), newer.key), withKind);
  openMetrics(home(), newer.key).record(1, { loss: 1 });
  await openMetrics(home(), newer.key).flush();
  ageAll(home());
  const rows = await collected();
  expect(rows).toEqual(expect.arrayContaining(["result kept otherVersion 2", "artifact kept otherVersion 2"]));
  expect(hasArtifacts(home(), { ...input.outputs, newer: newer.outputs["model"]! })).toBe(true);
  expect(hasArtifacts(home(), gone.outputs)).toBe(false);
});

test("gc keeps a run of another version with its children, what any of its files names, and what it may have written", async () => {
  const [named, made] = [await makeResult(home(), "named"), await makeResult(home(), "made", [], "newer.child")];
  const before = await putText(home(), "before");
  await makeRun(home(), "newer", "succeeded", [], { startedAt: new Date(Date.now() - 61 * 24 * hour).toISOString() });
  await makeRun(home(), "newer.child", "succeeded", [toState(made)], { parent: { run: "newer", stage: "s" } });
  await makeRun(home(), "mine", "succeeded", [], { startedAt: longAgo });
  makeNewer(recordOf("newer"), ({ endedAt: _open, ...record }: Record<string, unknown>) => withStatus(record));
  const states = path.join(layout.run(home(), "newer"), "states");
  mkdirSync(states);
  writeFileSync(path.join(states, "s.json"), JSON.stringify({ key: named.key }));
  ageAll(home());
  utimesSync(layout.object(home(), before.digest), 0, 0);
  const underWay = await putText(home(), "under way");
  const time = new Date(Date.now() - 2 * 24 * hour);
  utimesSync(layout.object(home(), underWay.digest), time, time);
  const rows = await collected();
  expect(rows.filter((row) => row.startsWith("run "))).toEqual([
    "run removed old 1",
    "run kept otherVersion 1",
    "run kept resumable 1",
  ]);
  expect(hasArtifacts(home(), { ...named.outputs, made: made.outputs["model"]!, underWay })).toBe(true);
  expect(hasArtifacts(home(), { before })).toBe(false);
  expect([named, made].map(({ key }) => existsSync(layout.result(home(), key)))).toEqual([true, true]);
});
