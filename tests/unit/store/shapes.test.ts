import fc from "fast-check";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageState } from "../../../schemas/run.js";
import { layout } from "../../../store/home.js";
import { lastOutputFile } from "../../../store/history/program-output.js";
import { findPlan, findRecord, savePlan } from "../../../store/records/runs.js";
import { isRunState } from "../../../store/records/shapes.js";
import { useDirectory } from "../../support/directory.js";
import { makeRun, toState } from "../../support/made-store.js";
import { planned } from "../workflows/stages.js";

const home = useDirectory();
const pairs = { artifact: "pairs" as const, digest: "0".repeat(64) };
const damaged = jest.spyOn(process.stderr, "write").mockReturnValue(true);
afterAll(() => damaged.mockRestore());

/** Numbers that a loop would count to for ever, or that no date shows. */
const states: [string, Partial<StageState>][] = [
  ...[1e300, 1e15, -1, 1.5].map((attempts): [string, Partial<StageState>] => [`attempts: ${attempts}`, { attempts }]),
  ["a time", { startedAtMs: 1e300 }],
  ["the items of a request", { choiceRequest: { pairs, items: 1e9, target: 1, choices: {} } }],
];

test.each(states)(
  "a record with %s that no run has is not read, and such an answer to a query is none",
  async (_, more) => {
    await makeRun(home(), "run", "succeeded", [toState()]);
    const { runId: _run, ...whole } = (await findRecord(home(), "run"))!;
    expect(isRunState(whole)).toBe(true);
    await makeRun(home(), "run", "succeeded", [{ ...toState(), ...more }]);
    await expect(findRecord(home(), "run")).rejects.toMatchObject({ code: "OTHER_VERSION" });
    expect(isRunState({ ...whole, stages: [{ ...toState(), ...more }] })).toBe(false);
  },
);

test.each([
  { retry: { ...planned("a").retry, maxAttempts: 1e300 } },
  { checkpoint: { everyMs: 1000, keep: 1.5 } },
  { timeoutMs: 1e300 },
  { resources: { gpu: -1 } },
])("a plan with %j is not read", async (more) => {
  const plan = { name: "p", definitionDigest: "", seed: 1, inputs: {}, outputs: {} };
  await savePlan(home(), "whole", { ...plan, stages: [planned("a")] }, "");
  expect(await findPlan(home(), "whole")).toBeDefined();
  await savePlan(home(), "run", { ...plan, stages: [planned("a", more)] }, "");
  await expect(findPlan(home(), "run")).rejects.toMatchObject({ code: "OTHER_VERSION" });
});

test("any answer to a query is a run's state or is refused", () => {
  const state = { pipeline: "", status: "running", stages: [toState()], outputs: {} };
  expect(isRunState({ ...state, stages: [{ ...toState(), uses: "of a later version" }] })).toBe(true);
  expect(isRunState({ ...state, status: "of a later version" })).toBe(false);
  fc.assert(
    fc.property(fc.jsonValue(), (answer) => {
      if (isRunState(answer)) expect(Array.isArray(answer.stages)).toBe(true);
    }),
  );
  for (const answer of [undefined, null, [], "x", { stages: null }, { pipeline: "", status: "running", outputs: {} }])
    expect(isRunState(answer)).toBe(false);
});

test("the last output of a program is found by what there is, not by counting down", () => {
  for (const [stage, attempt] of [
    ["s", 1],
    ["s", 12],
    ["s-12", 30],
  ] as const) {
    const file = layout.output(home(), "run", stage, attempt);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, "");
  }
  expect(lastOutputFile(home(), "run", "s", 1e300)).toBe(layout.output(home(), "run", "s", 12));
  expect(lastOutputFile(home(), "run", "s", 11)).toBe(layout.output(home(), "run", "s", 1));
  expect(lastOutputFile(home(), "run", "s", 0)).toBeUndefined();
  expect(lastOutputFile(home(), "other", "s", 1)).toBeUndefined();
});
