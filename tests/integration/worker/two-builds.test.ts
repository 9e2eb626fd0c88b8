import { cpSync, existsSync, readFileSync, readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { stages } from "../../../activities/index.js";
import { findRun } from "../../../api/reading/known-run.js";
import { evaluateTemplate } from "../../../expressions/evaluate.js";
import type { JsonObject } from "../../../platform/json.js";
import type { StageState } from "../../../schemas/run.js";
import { collectGarbage } from "../../../store/collection/gc.js";
import { openArtifact } from "../../../store/artifacts/artifacts.js";
import { findPlan, findRecord, listRecords, saveRecord } from "../../../store/records/runs.js";
import { sealed, unsealed } from "../../../store/records/seal.js";
import { loadPlan } from "../../../worker/bookkeeping/load-plan.js";
import { prepare } from "../../../worker/bookkeeping/prepare.js";
import { attempt, processWith } from "../../support/attempt.js";
import { execution } from "../../support/prepare.js";
import { useDirectory } from "../../support/directory.js";

/**
 * Two builds that share one home. An earlier one: `tests/fixtures/earlier-store` is what that build
 * left of the run `earlier`. A later one: what it writes is what this build writes, sealed again
 * with a status, a stage type and a kind of its own.
 */
const home = useDirectory();
const fixture = path.join(import.meta.dirname, "../../fixtures/earlier-store");
const day = 24 * 60 * 60 * 1000;

const definition = (text: string): string => `name: small
stages:
  text: { uses: dataset, with: { source: { text: "${text}" } } }
  chosen: { uses: select, with: { from: { data: ["\${{ stages.text.outputs.train }}"] }, by: [1], prefer: lowest } }
`;

/** A run as the workflow makes it, without a server; `cached` is what it took from the cache. */
async function run(
  runId: string,
  text: string,
  directory = home(),
): Promise<{ states: StageState[]; cached: string[] }> {
  const place = { home: directory, workingDirectory: directory };
  const { plan } = await loadPlan(place, runId, { definition: definition(text) }, execution);
  const states: Record<string, StageState> = {};
  const cached: string[] = [];
  for (const { id, uses, needs, with: template } of plan.stages) {
    const context = { inputs: {}, stages: states, run: { id: runId, pipeline: plan.name, seed: plan.seed } };
    const settings = evaluateTemplate(template, context) as JsonObject;
    const needed = Object.values(states).filter((state) => needs.includes(state.id));
    const proposal = { runId, stage: id, with: settings, states: needed, attempt: 1 };
    const prepared = await prepare(place, proposal, execution);
    const worker = { ...processWith(directory, () => Promise.reject(new Error("unused"))), stages };
    const outcome = prepared.cached ?? (await attempt(worker, prepared.request!));
    if (!("outputs" in outcome)) throw new Error("no stage here asks people");
    if (prepared.cached) cached.push(id);
    states[id] = { id, uses, attempts: 1, key: prepared.key!, status: "succeeded", ...outcome };
  }
  const startedAt = new Date().toISOString();
  const ended = { status: "succeeded" as const, plan, stages: Object.values(states), outputs: {} };
  await saveRecord(directory, { runId, pipeline: plan.name, startedAt, endedAt: startedAt, ...ended });
  return { states: Object.values(states), cached };
}

/** Every file below a directory, with its content. */
function filesIn(directory: string): Map<string, string> {
  const names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(path.join(directory, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(path.join(directory, name), "latin1")]));
}

/** Makes everything in the home 60 days older than it is. */
function age(): void {
  for (const name of readdirSync(home(), { recursive: true, encoding: "utf8" })) {
    const entry = path.join(home(), name);
    const time = new Date(statSync(entry).mtimeMs - 60 * day);
    utimesSync(entry, time, time);
  }
}

const collect = () => collectGarbage(home(), { beforeMs: Date.now() - day, keepRuns: 0, dryRun: false });

// To record the fixture anew, run this file in a checkout of the earlier build with
// PAWL_RECORD_STORE=DIRECTORY, which is empty.
const recorded = process.env["PAWL_RECORD_STORE"];
if (recorded !== undefined)
  test("the fixture is recorded", async () => {
    jest.spyOn(os, "hostname").mockReturnValue("machine");
    await run("earlier", "of the earlier build", recorded);
  });

describe("beside an earlier build", () => {
  beforeEach(() => cpSync(fixture, home(), { recursive: true }));

  test("this one lists, reads and continues what that one left, and takes its results", async () => {
    expect((await listRecords(home())).map(({ runId, status }) => `${runId} ${status}`)).toEqual(["earlier succeeded"]);
    const [record, plan] = [await findRecord(home(), "earlier"), await findPlan(home(), "earlier")];
    expect(plan?.stages.map(({ id }) => id)).toEqual(["text", "chosen"]);
    const before = filesIn(path.join(home(), "runs/earlier"));
    const { states, cached } = await run("mine", "of the earlier build");
    expect(cached).toEqual(["text", "chosen"]);
    expect(states.map(({ outputs }) => outputs)).toEqual(record?.stages.map(({ outputs }) => outputs));
    for (const { outputs } of states) for (const ref of Object.values(outputs)) await openArtifact(home(), ref);
    expect(filesIn(path.join(home(), "runs/earlier"))).toEqual(before);
  });

  test("this one collects what that one left, but not what its own runs have taken of it", async () => {
    age();
    const { states } = await run("mine", "of the earlier build");
    expect((await collect()).runs).toEqual(["earlier"]);
    for (const { outputs } of states) for (const ref of Object.values(outputs)) await openArtifact(home(), ref);
  });
});

/** Seals a record of this build again as a later build might have written it. */
function rewrite(name: string, change: (record: never) => object): void {
  const file = path.join(home(), name);
  writeFileSync(file, sealed(change(unsealed(readFileSync(file, "utf8")) as never)));
}

/** What a later build leaves of a run, and its files. */
async function runOfLaterBuild(): Promise<Map<string, string>> {
  const { states } = await run("later", "of the later build");
  const distilled = (stages: object[]): object[] => stages.map((stage) => ({ ...stage, uses: "distill" }));
  rewrite("runs/later/record.json", (record: { stages: object[] }) => ({
    ...record,
    status: "archived",
    stages: distilled(record.stages),
  }));
  rewrite("runs/later/plan.json", (record: { plan: { stages: object[] } }) => ({
    ...record,
    plan: { ...record.plan, stages: distilled(record.plan.stages) },
  }));
  for (const { key } of states)
    rewrite(`store/results/${key}.json`, (record: { outputs: Record<string, object> }) => ({
      ...record,
      outputs: Object.fromEntries(
        Object.entries(record.outputs).map(([name, ref]) => [name, { ...ref, artifact: "adapter" }]),
      ),
    }));
  const all = filesIn(home());
  // The last identity of a stage is whoever's ran last.
  for (const name of all.keys()) if (name.startsWith("store/latest/")) all.delete(name);
  return all;
}

describe("beside a later build", () => {
  let told: string[];
  beforeEach(() => {
    told = [];
    jest.spyOn(process.stderr, "write").mockImplementation((line) => told.push(String(line)) > 0);
  });
  afterEach(() => void jest.restoreAllMocks());

  test("this one runs, lists, resumes and collects, and leaves alone what that one left", async () => {
    const left = await runOfLaterBuild();
    age();
    await run("mine", "of this build");
    const again = await run("mine-again", "of this build");
    expect(again.cached).toEqual(["text", "chosen"]);
    for (let times = 0; times < 2; times++)
      expect((await listRecords(home())).map(({ runId }) => runId).sort()).toEqual(["mine", "mine-again"]);
    const reads = [findRecord, findPlan, (at: string, id: string) => findRun(undefined, at, id)];
    for (const read of [...reads, (_: string, id: string) => run(id, "of this build")])
      await expect(read(home(), "later")).rejects.toMatchObject({ code: "OTHER_VERSION" });
    age();
    const { runs, rows } = await collect();
    expect(runs).toEqual(["mine", "mine-again"]);
    expect(rows).toContainEqual(expect.objectContaining({ kind: "run", removed: false, why: "otherVersion" }));
    const now = filesIn(home());
    expect([...left].filter(([name, text]) => now.get(name) !== text).map(([name]) => name)).toEqual([]);
    expect(existsSync(path.join(home(), "store/corrupt"))).toBe(false);
    const about = told.filter((line) => line.includes("another version of Pawl"));
    expect(about.map((line) => /^the (.*) in /.exec(line)?.[1]).sort()).toEqual([
      ...["plan of a run", "record of a run", "result of a stage"],
    ]);
  });

  test("this one computes a stage whose result that one has in a form of its own, which stays", async () => {
    const left = await runOfLaterBuild();
    const { states, cached } = await run("mine", "of the later build");
    expect(cached).toEqual([]);
    for (const { key } of states) {
      const name = `store/results/${key}.json`;
      expect(readFileSync(path.join(home(), name), "latin1")).toBe(left.get(name));
    }
  });
});
