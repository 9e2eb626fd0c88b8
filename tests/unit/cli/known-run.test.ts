import type { Client } from "@temporalio/client";
import { writeFileSync } from "node:fs";
import { compilePipeline } from "../../../compiler/compile.js";
import { stateOnServer } from "../../../cli/chatting/find-models.js";
import { findQuestion } from "../../../api/choosing/question.js";
import { forkedRun } from "../../../api/forking/fork-run.js";
import { findRun } from "../../../api/known-run.js";
import { databaseFile } from "../../../api/up-record.js";
import type { Server } from "../../../api/server.js";
import { appendLog } from "../../../store/log.js";
import { savePlan } from "../../../store/runs.js";
import type { RunState, StageState } from "../../../schemas/run.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const choiceRequest = { pairs: { artifact: "pairs", digest: "0".repeat(64) }, items: 3, target: 2, choices: {} };
const stage = { id: "prefs", uses: "collect-preferences", attempts: 1, outputs: {}, metrics: {} };
const state = (status: "waiting" | "succeeded"): RunState => ({
  pipeline: "p",
  status: "running",
  outputs: {},
  stages: [{ ...stage, status, choiceRequest } as unknown as StageState],
});

/** What the server knows of processes for workflows. */
const pollersOf = (...pollers: object[]) => ({
  options: { namespace: "n" },
  workflowService: { describeTaskQueue: async () => ({ pollers }) },
});
const busy = pollersOf({});

/** The server of a run whose workflow answers so, query by query; "late": not in time, as where no answer is left. */
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

test("where no worker is, a run is shown immediately, as its log has it", async () => {
  const stages = ["done", "under", "fails", "next"].map(
    (id) => `  ${id}: { uses: dataset, with: { source: { text: x } } }`,
  );
  const { plan } = await compilePipeline({ text: ["name: p", "stages:", ...stages].join("\n") });
  await savePlan(home(), "r", plan, "name: p");
  const line = (time: string, stage: string, message: string, data?: Record<string, unknown>): void =>
    appendLog(home(), "r", {
      time: `2026-01-01T00:00:${time}.000Z`,
      stage,
      attempt: 1,
      message,
      ...(data && { data }),
    });
  line("01", "done", "started");
  line("02", "done", "finished", { metrics: { rows: 3 } });
  line("03", "under", "started");
  line("04", "fails", "started");
  line("05", "fails", "failed: DATA_UNREADABLE: no disk");
  const asked: number[] = [];
  const handle = {
    describe: async () => ({
      status: { name: "RUNNING" },
      startTime: new Date(0),
      raw: {},
      memo: { status: "parked" },
    }),
    query: () => new Promise(() => asked.push(1)),
  };
  const withDeadline = (_: unknown, work: () => unknown): unknown => work();
  const client = { ...pollersOf(), withDeadline, workflow: { getHandle: () => handle } } as unknown as Client;
  const { view } = await findRun({ client } as Server, home(), "r");
  expect(asked).toEqual([1]);
  expect(view).toMatchObject({ asOf: "2026-01-01T00:00:05.000Z", state: { pipeline: "p", status: "parked" } });
  expect(view.note).toBe("waiting for a worker to answer (if none runs: pawl worker)");
  const shown = view.state.stages.map(({ id, status, attempts, metrics, reason }) => [
    id,
    status,
    attempts,
    metrics,
    reason,
  ]);
  expect(shown).toEqual([
    ["done", "succeeded", 1, { rows: 3 }, undefined],
    ["under", "running", 1, {}, undefined],
    ["fails", "backingOff", 1, {}, "DATA_UNREADABLE: no disk"],
    ["next", "queued", 0, {}, undefined],
  ]);
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
