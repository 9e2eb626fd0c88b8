import type { RunRequest, StageState } from "../../../../schemas/run.js";
import { savePlan, saveRecord } from "../../../../store/records/runs.js";
import { checkContinuation, signContinuation } from "../../../../worker/authority/continuations.js";
import { planDigest } from "../../../../worker/authority/plans.js";
import { signReceipt } from "../../../../worker/authority/receipts.js";
import { useDirectory } from "../../../support/directory.js";
import { planned } from "../../../support/planned.js";

const home = useDirectory();
const plan = {
  ...{ name: "p", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, outputs: {} },
  stages: [planned("a"), planned("b", { needs: ["a"] })],
};
const result = { outputs: {}, metrics: { trainRows: 1 } };
const state = (more: Partial<StageState> = {}): StageState => ({
  ...{ id: "a", uses: "dataset", status: "succeeded", attempts: 1, ...result },
  ...more,
});
const carried = (a: StageState = state(), more: Partial<RunRequest> = {}): RunRequest => ({
  ...{ plan, stages: { a } },
  ...more,
});
const check = (request: RunRequest, execution = "execution") =>
  checkContinuation(home(), { runId: "run", execution, request });
const signed = (request: RunRequest): RunRequest => ({
  ...request,
  continuation: signContinuation(home(), { runId: "run", execution: "execution", request }),
});
const refused = { code: "NOT_ALLOWED", facts: { where: "the workflow's input" } };

test("what a run carried over is believed in its next execution, whatever the store has by then", async () => {
  await check(signed(carried()));
  await check(signed(signed(carried())));
});

test.each<[string, (request: RunRequest) => RunRequest]>([
  ["another plan", (request) => ({ ...request, plan: { ...plan, seed: 2 } })],
  ["another result", (request) => ({ ...request, stages: { a: state({ metrics: { trainRows: 2 } }) } })],
  ["no signature", ({ continuation: _, ...request }) => request],
])("with %s it is refused, unless the store has the same", async (_, change) => {
  await expect(check(change(signed(carried())))).rejects.toMatchObject(refused);
});

test("a worker of another store leaves it to a worker of the run's", async () => {
  await expect(check(signed(carried(state(), { store: "store" })))).rejects.toMatchObject({ code: "OTHER_STORE" });
});

test("of another run's workflow it is refused", async () => {
  await expect(check(signed(carried()), "another execution")).rejects.toMatchObject(refused);
});

test("a run that an earlier version has continued keeps what the store has", async () => {
  await savePlan(home(), "run", plan, "");
  const choiceRequest = (choice: "first" | "tie") => ({
    pairs: { artifact: "pairs" as const, digest: "0".repeat(64) },
    ...{ items: 3, target: 3, choices: { 1: choice } },
  });
  const waiting = state({
    id: "b",
    status: "waiting",
    outputs: {},
    metrics: {},
    choiceRequest: choiceRequest("first"),
  });
  const a = state({ receipt: signReceipt(home(), { runId: "run", digest: planDigest(plan) }, state()) });
  const startedAt = new Date().toISOString();
  const record = { runId: "run", pipeline: "p", status: "waiting" as const, plan, outputs: {}, startedAt };
  await saveRecord(home(), { ...record, stages: [a, waiting] });
  await check({ plan, stages: { a, b: waiting } });
  for (const stages of [
    { a: state({ receipt: "0".repeat(64) }), b: waiting },
    { a, b: { ...waiting, choiceRequest: choiceRequest("tie") } },
    { a, b: { ...waiting, changes: [{ source: { text: "x" } }] } },
  ])
    await expect(check({ plan, stages })).rejects.toMatchObject(refused);
});
