import type { Plan } from "../../../schemas/plan.js";
import type { RecordedState, StageState } from "../../../schemas/run.js";
import { findRecord, savePlan } from "../../../store/records/runs.js";
import { planDigest } from "../../../worker/authority/plans.js";
import { isBelieved, signReceipt } from "../../../worker/authority/receipts.js";
import { loadPlan } from "../../../worker/bookkeeping/load-plan.js";
import { recordState } from "../../../worker/bookkeeping/record-state.js";
import { useDirectory } from "../../support/directory.js";
import { planned } from "../../support/planned.js";

const home = useDirectory();
const place = () => ({ home: home(), workingDirectory: home() });
const plan: Plan = {
  ...{ name: "p", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, stages: [planned("a")] },
  outputs: { rows: "${{ stages.a.metrics.trainRows }}" },
};
const result = { id: "a", uses: "dataset" as const, outputs: {}, metrics: { trainRows: 2 } };
const stage = (runId: string, digest: string, more: Partial<StageState> = {}): StageState => ({
  ...{ ...result, status: "succeeded", attempts: 1, receipt: signReceipt(home(), { runId, digest }, result) },
  ...more,
});
const state = (stages: StageState[], more: Partial<RecordedState> = {}): RecordedState => ({
  ...{ pipeline: "p", status: "succeeded", stages, outputs: { rows: 2 }, execution: "execution" },
  ...more,
});

/** A run that has begun. @returns the digest of its plan */
async function begin(runId = "run"): Promise<string> {
  await loadPlan(place(), runId, { plan }, "execution");
  return planDigest({ ...plan, project: home() });
}

test("the record of a run belongs to the workflow that has begun it", async () => {
  const digest = await begin();
  const before = await findRecord(home(), "run");
  for (const [runId, execution] of [
    ["run", "another"],
    ["never begun", "execution"],
  ] as const)
    await expect(recordState(home(), runId, state([stage("run", digest)], { execution }))).rejects.toMatchObject({
      code: "NOT_ALLOWED",
    });
  expect(await findRecord(home(), "run")).toEqual(before);
  expect(await findRecord(home(), "never begun")).toBeUndefined();
  await recordState(home(), "run", state([stage("run", digest)]), "2026-01-01T00:00:00Z");
  expect(await findRecord(home(), "run")).toMatchObject({ status: "succeeded", stages: [result] });
});

test("it holds only results that are believed, and the plan of the store", async () => {
  const digest = await begin();
  const forged = { ...stage("run", digest), metrics: { trainRows: 9 } };
  await recordState(home(), "run", state([forged], { plan: { ...plan, name: "other" } }));
  const record = await findRecord(home(), "run");
  expect(record).toMatchObject({ plan: { name: "p" }, stages: [{ id: "a", status: "queued", metrics: {} }] });
});

test("a child's outputs are those that its plan makes of believed results, and have a receipt for its parent", async () => {
  const parent = { ...plan, stages: [planned("child", { uses: "pipeline" })], outputs: {} };
  await savePlan(home(), "run", parent, "");
  await savePlan(home(), "run.child", plan, "", { run: "run", stage: "child" });
  const digest = planDigest(plan);
  await loadPlan(place(), "run.child", { planDigest: digest }, "execution");
  const whole = [stage("run.child", digest)];
  for (const other of [
    state(whole, { outputs: { rows: 3 } }),
    state([{ ...whole[0]!, metrics: { trainRows: 3 } }], { outputs: { rows: 3 } }),
    state([], { outputs: { rows: null } }),
  ])
    await expect(recordState(home(), "run.child", other)).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  const receipt = await recordState(home(), "run.child", state(whole));
  expect(await findRecord(home(), "run.child")).toMatchObject({ parent: { run: "run", stage: "child" } });
  const claim = { id: "child", uses: "pipeline" as const, outputs: {}, metrics: {}, values: { rows: 2 } };
  const signed = { runId: "run", digest: planDigest(parent) };
  expect(await isBelieved(home(), signed, { ...claim, receipt: receipt! })).toBe(true);
  expect(await isBelieved(home(), signed, { ...claim, values: { rows: 3 }, receipt: receipt! })).toBe(false);
});
