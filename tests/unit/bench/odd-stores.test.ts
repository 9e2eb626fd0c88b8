import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { exported, oddAnswer, oddArchive, oddRecord } from "../../../bench/support/odd-stores.js";
import { Odds } from "../../../bench/support/odd-values.js";
import { sha256 } from "../../../platform/digests.js";
import { findRecord, savePlan } from "../../../store/records/runs.js";
import { useDirectory } from "../../support/directory.js";
import { makeResult, makeRun, toState } from "../../support/made-store.js";
import { planned } from "../workflows/stages.js";

const directory = useDirectory();
const home = () => path.join(directory(), "home");
const damaged = jest.spyOn(process.stderr, "write").mockReturnValue(true);
afterAll(() => damaged.mockRestore());

beforeEach(async () => {
  const stage = { ...toState(await makeResult(home(), "a", [], "run")), startedAtMs: 1, sinceMs: 1, changes: [{}] };
  const failure = {
    code: "DATA_EMPTY",
    class: "configuration",
    message: "no rows",
    facts: { next: "add some" },
  } as const;
  await makeRun(home(), "run", "failed", [stage, { ...toState(), id: "b", status: "failed", failure, reason: "why" }]);
  const plan = { name: "p", definitionDigest: sha256("name: p\n"), seed: 1, inputs: {}, outputs: {} };
  await savePlan(home(), "run", { ...plan, stages: [planned("a"), planned("b")] }, "name: p\n");
});

test("the same seed gives the same values", () => {
  const values = (seed: number) => Array.from({ length: 20 }, () => new Odds(seed, "test").value());
  expect(values(1)).toEqual(values(1));
  expect(values(1)).not.toEqual(values(2));
});

test("odd answers and records are refused or drawn", async () => {
  const odds = new Odds(1, "test");
  const record = (await findRecord(home(), "run"))!;
  for (let i = 0; i < 1000; i++) oddAnswer(odds, record);
  for (let i = 0; i < 100; i++) await oddRecord(odds, path.join(directory(), "odd"), record);
});

test("odd archives are refused with a code, or imported, and leave nothing else", async () => {
  const odds = new Odds(1, "test");
  const whole = await exported(home(), "run");
  mkdirSync(path.join(directory(), "odd"));
  for (let i = 0; i < 60; i++) await oddArchive(odds, path.join(directory(), "odd"), whole);
  expect(readdirSync(path.join(directory(), "odd"))).toEqual(["odd.tar.gz"]);
  expect(readdirSync(directory()).sort()).toEqual(["home", "odd"]);
});
