import type { RunsMessage, RunSummary } from "../../../studio/messages.js";
import { runsAfter, type ShownRuns } from "../../../studio/page/shown-runs.js";

const run = (name: string, more: Partial<RunSummary> = {}): RunSummary => ({
  ...{ run: name, pipeline: "asks", status: "running", startedAtMs: 1, done: 0, total: 1, waits: [] },
  ...more,
});

const asks = run("asks-1", {
  status: "waiting",
  waits: [{ run: "asks-1", pipeline: "asks", stage: "ask", kind: "approval", text: "Release?", command: "approve" }],
});
const failure = { code: "STORE_UNREADABLE", message: "the store is away", facts: {} };

/** What is shown after some messages: names of the runs, with a star for those that wait. */
function shownAfter(...messages: RunsMessage[]): string[] {
  const shown = messages.reduce<ShownRuns | undefined>(runsAfter, undefined);
  return [...shown!.runs.values()].map((one) => `${one.run}${one.waits.length > 0 ? "*" : ""}`).sort();
}

const first: RunsMessage = { runs: [asks, run("done-1")], isAll: true, server: "answers" };
const recorded = run("asks-1", { stale: "notAsked" });

test("messages add runs, change them and remove them", () => {
  expect(shownAfter(first)).toEqual(["asks-1*", "done-1"]);
  expect(shownAfter(first, { runs: [run("asks-1")], removed: ["done-1"], server: "answers" })).toEqual(["asks-1"]);
});

test.each<[string, RunsMessage]>([
  ["has not asked the server", { runs: [recorded], isAll: true, server: "unasked" }],
  ["gets no answer", { runs: [run("asks-1", { stale: "away" })], isAll: true, server: "away" }],
  ["has no record of it", { runs: [], isAll: true, server: "unasked" }],
  ["cannot read the store", { runs: [], isAll: true, server: "answers", problem: failure }],
])("what waits stays while a restarted studio %s", (_what, message) => {
  expect(shownAfter(first, message)).toContain("asks-1*");
});

test("once the server has answered, only what the restarted studio says is shown", () => {
  const restarted: RunsMessage = { runs: [recorded], isAll: true, server: "unasked" };
  expect(shownAfter(first, restarted, { runs: [], server: "answers" })).toEqual(["asks-1"]);
  expect(shownAfter(first, restarted, { runs: [asks], server: "answers" })).toEqual(["asks-1*"]);
  const empty: RunsMessage = { runs: [], isAll: true, server: "unasked" };
  expect(shownAfter(first, empty, { runs: [run("new-1")], server: "answers" })).toEqual(["new-1"]);
  expect(shownAfter(first, restarted, { runs: [], removed: ["asks-1"], server: "away" })).toContain("asks-1*");
});
