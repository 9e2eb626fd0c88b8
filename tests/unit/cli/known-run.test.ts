import type { Client } from "@temporalio/client";
import { writeFileSync } from "node:fs";
import { compilePipeline } from "../../../compiler/compile.js";
import { stateOnServer } from "../../../cli/chatting/find-models.js";
import { findQuestion } from "../../../api/choosing/question.js";
import { forkedRun } from "../../../api/forking/fork-run.js";
import { findRun } from "../../../api/reading/known-run.js";
import { databaseFile } from "../../../api/servers/up-record.js";
import type { Server } from "../../../api/servers/server.js";
import { appendLog } from "../../../store/history/log.js";
import { savePlan } from "../../../store/records/runs.js";
import type { RunState, StageState } from "../../../schemas/run.js";
import { useDirectory } from "../../support/directory.js";
import { clientWithPollers } from "../../support/pollers.js";

const home = useDirectory();
const choiceRequest = { pairs: { artifact: "pairs", digest: "0".repeat(64) }, items: 3, target: 2, choices: {} };
const stage = { id: "prefs", uses: "collect-preferences", attempts: 1, outputs: {}, metrics: {} };
const state = (status: "waiting" | "succeeded"): RunState => ({
  pipeline: "p",
  status: "running",
  outputs: {},
  stages: [{ ...stage, status, choiceRequest } as unknown as StageState],
});

const busy = clientWithPollers({});

/**
 * The server of a run whose workflow answers so, query by query; "late": not in time, as where no
 * answer is left.
 */
function server(...answers: ("waiting" | "succeeded" | "late")[]): Client {
  const handle = {
    describe: async () => ({ status: { name: "RUNNING" }, startTime: new Date(0), raw: {} }),
    query: async () => {
      const answer = answers.shift() ?? "late";
      if (answer === "late") throw Object.assign(new Error("deadline exceeded"), { code: 4 });
      return state(answer);
    },
  };
  const withDeadline = (_: unknown, work: () => unknown): unknown => work();
  return { ...busy, withDeadline, workflow: { getHandle: () => handle } } as unknown as Client;
}

test("a worker that answers late closes no question", async () => {
  const question = await findQuestion(
    server("late", "waiting", "late", "late", "waiting", "late", "succeeded"),
    home(),
    "r",
  );
  expect(question.stage).toBe("prefs");
  expect(await question.look()).toEqual(choiceRequest);
  expect(await question.look()).toBeUndefined();
});

test("where no worker answers, that is reported, and not that nothing waits", async () => {
  await expect(findQuestion(server(), home(), "r")).rejects.toMatchObject({ code: "WORKER_LOST" });
  const question = await findQuestion(server("waiting"), home(), "r");
  await expect(question.look()).rejects.toMatchObject({
    code: "WORKER_LOST",
    message: "no worker answers for run r, so its state is unknown",
  });
});

test("a run that is talked to has the models that it is known to have, however late a worker answers", async () => {
  const recorded = state("succeeded");
  expect(await stateOnServer(server("late"), home(), "r", recorded)).toBe(recorded);
  expect(await stateOnServer(server("waiting"), home(), "r", recorded)).toEqual(state("waiting"));
  expect(await stateOnServer(server("late", "succeeded"), home(), "r", undefined)).toEqual(recorded);
  await expect(stateOnServer(server(), home(), "r", undefined)).rejects.toMatchObject({ code: "WORKER_LOST" });
});

test("a run is shown once a worker answers, and forked only then: not as one of which nothing is done", async () => {
  const of = (...answers: Parameters<typeof server>): Server => ({ client: server(...answers) }) as Server;
  const { view } = await findRun(of("late", "late", "waiting"), home(), "r");
  expect(view.state).toEqual(state("waiting"));
  expect(view.note).toBeUndefined();
  const unanswered = await findRun(of(), home(), "r");
  expect(unanswered.view.note).toBe("waiting for a worker to answer (if none runs: pawl worker)");
  await expect(forkedRun(of(), home(), "r")).rejects.toMatchObject({ code: "WORKER_LOST" });
});

/**
 * A run that began at second 10 of a minute, on a server without workers; its workflow never
 * answers.
 */
function withoutWorkers(status: string): Server {
  const handle = {
    describe: async () => ({
      status: { name: "RUNNING" },
      startTime: new Date("2026-01-01T00:00:10.000Z"),
      raw: {},
      memo: { status },
    }),
    query: () => new Promise(() => undefined),
  };
  const withDeadline = (_: unknown, work: () => unknown): unknown => work();
  return {
    client: { ...clientWithPollers(), withDeadline, workflow: { getHandle: () => handle } } as unknown as Client,
  } as Server;
}

/** Lines of a stage's log: second of the minute, attempt, message, data. */
type Line = readonly [second: number, attempt: number, message: string, data?: Record<string, unknown>];
const started = { key: "k", host: "h", pid: 1 };

test.each<[string, Line[], Partial<StageState>]>([
  ["has not begun", [], { status: "queued", attempts: 0 }],
  ["is under way", [[11, 1, "started", started]], { status: "running", attempts: 1 }],
  [
    "has succeeded",
    [
      [11, 1, "started", started],
      [12, 1, "finished", { seconds: 1, metrics: { rows: 3, odd: "x", none: null } }],
    ],
    { status: "succeeded", metrics: { rows: 3 } },
  ],
  ["is cached", [[11, 0, "cached", { key: "k" }]], { status: "cached" }],
  [
    "has failed",
    [[12, 1, "failed: DATA_UNREADABLE: no disk"]],
    { status: "backingOff", reason: "DATA_UNREADABLE: no disk" },
  ],
  [
    "was lost after its result",
    [
      [11, 1, "started", started],
      [12, 1, "failed: WORKER_LOST: killed"],
      [13, 2, "found its result, left by an earlier attempt", { key: "k" }],
    ],
    { status: "succeeded", attempts: 1 },
  ],
  ["asks", [[12, 1, "waits for choices", { items: 3 }]], { status: "waiting" }],
  ["was canceled in an earlier execution", [[3, 1, "started", started]], { status: "queued" }],
  ["finished in an earlier execution", [[3, 1, "finished", { seconds: 1 }]], { status: "succeeded" }],
  [
    "begins again",
    [
      [11, 1, "finished", { seconds: 1, metrics: { rows: 3 } }],
      [12, 2, "started", started],
    ],
    { status: "running", metrics: {} },
  ],
  ["has a program that logs what Pawl logs", [[11, 1, "finished", { metrics: { rows: 3 } }]], { status: "queued" }],
])("where no worker is, the log shows a stage that %s", async (_, lines, expected) => {
  const text = "name: p\nstages:\n  a: { uses: dataset, with: { source: { text: x } } }\n";
  await savePlan(home(), "r", (await compilePipeline({ text })).plan, text);
  const time = (second: number): string => `2026-01-01T00:00:${String(second).padStart(2, "0")}.000Z`;
  const all: Line[] = [...lines, [20, 1, "something else"]];
  for (const [second, attempt, message, data] of all)
    appendLog(home(), "r", { time: time(second), stage: "a", attempt, message, ...(data && { data }) });
  const { view } = await findRun(withoutWorkers("parked"), home(), "r", true);
  expect(view).toMatchObject({ asOf: time(20), state: { pipeline: "p", status: "parked" } });
  expect(view.note).toBe("waiting for a worker to answer (if none runs: pawl worker)");
  expect(view.state.stages).toMatchObject([{ id: "a", ...expected }]);
  const [shown] = view.state.stages;
  if (expected.status !== "backingOff") expect(shown).not.toHaveProperty("reason");
  if (expected.status === "running") expect(shown).not.toHaveProperty("endedAtMs");
});

test("without the server, a run that the store does not know may exist: that is said, and how to find out", async () => {
  await expect(findRun(undefined, home(), "r")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
  writeFileSync(databaseFile(home()), "");
  await expect(findRun(undefined, home(), "r")).rejects.toMatchObject({
    code: "SERVER_UNREACHABLE",
    facts: { next: "start the server (pawl up), then: pawl status r" },
  });
});

test("what a run waits for before its plan is loaded is noted", async () => {
  const loading = { pipeline: "p", status: "loading", stages: [], outputs: {} };
  const failure = { code: "DISK_FULL", message: "the disk is full" };
  const handle = {
    describe: async () => ({ status: { name: "RUNNING" }, startTime: new Date(0), raw: {} }),
    query: async () => ({ ...loading, failure }),
  };
  const withDeadline = (_: unknown, work: () => unknown): unknown => work();
  const client = { ...busy, withDeadline, workflow: { getHandle: () => handle } } as unknown as Client;
  const { view } = await findRun({ client } as Server, home(), "r");
  expect(view.note).toBe("it waits before it begins: DISK_FULL: the disk is full");
});
