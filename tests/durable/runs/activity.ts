import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readRun } from "../../../api/reading/read-run.js";
import { pause } from "../../../platform/processes/pause.js";
import { packageRoot } from "../../../platform/program/locations.js";
import { openArtifact } from "../../../store/artifacts/artifacts.js";
import { readMetrics } from "../../../store/history/metrics.js";
import { lastOutputFile } from "../../../store/history/program-output.js";
import { python, testWithPython } from "../../support/python.js";
import { runFailure, queryRunState, statuses, until, type Run } from "../support/fleet.js";
import { crash, startOwnWorker, startPythonWorker } from "../support/own-worker.js";
import { fleet } from "./fleet.js";

let named = 0;

interface Asked {
  activity: string;
  settings?: object;
  /** Further lines of `with`. */
  more?: string[];
  stage?: string[];
  queue?: string;
}

/** Starts a run of a pipeline of the project with one stage that calls an activity. */
async function launch({ activity, settings = {}, more = [], stage = [], queue = "own" }: Asked): Promise<Run> {
  const name = `activity-${++named}`;
  const lines = [
    ...["  called:", "    uses: activity", "    retry: { interval: 10ms, maxAttempts: 2 }", "    heartbeat: 10s"],
    ...stage.map((line) => `    ${line}`),
    "    with:",
    ...[
      `activity: ${activity}`,
      `taskQueue: ${queue}`,
      "version: 1",
      `settings: ${JSON.stringify(settings)}`,
      ...more,
    ].map((line) => `      ${line}`),
  ];
  mkdirSync(path.join(fleet.workingDirectory, "pipelines"), { recursive: true });
  writeFileSync(
    path.join(fleet.workingDirectory, "pipelines", `${name}.yaml`),
    `name: ${name}\nstages:\n${lines.join("\n")}\n`,
  );
  return fleet.launch({ pipeline: name });
}

const totals = ["outputs: { total: files }", "metrics: [total]"];
const counting = (settings: object, stage: string[] = [], queue = "own") =>
  launch({ activity: "count", settings, more: totals, stage, queue });

/** Waits for progress that a heartbeat has brought to the server. */
async function progressed(run: Run, step: number): Promise<void> {
  for (;;) {
    const { progress } = await readRun(fleet.client, fleet.home, run.workflowId);
    if ((progress["called"]?.checkpointStep ?? 0) >= step) return;
    await pause(20);
  }
}

test("a worker gets the documented argument; a killed one is followed by another, from its checkpoint, to the same output", async () => {
  const worker = await startOwnWorker(fleet.server, "own");
  const reference = await (await counting({ most: 4 })).result();
  expect(reference.stages["called"]).toMatchObject({ status: "succeeded", metrics: { total: 10 } });
  const { outputs } = await (
    await launch({ activity: "echo", more: ["outputs: { task: files }"] })
  )
    .result()
    .then(({ stages }) => stages["called"]!);
  const directory = await openArtifact(fleet.home, outputs["task"]!);
  const task = JSON.parse(readFileSync(path.join(directory, "files", "task"), "utf8")) as Record<string, unknown>;
  expect(Object.keys(task).sort().join(" ")).toBe(
    "attempt checkpoints contract events inputs key output outputs run seed settings stage",
  );
  expect(task).toMatchObject({ contract: 1, attempt: 1, stage: "called", settings: {}, checkpoints: { keep: 3 } });

  const gate = fleet.gate();
  const run = await counting({ most: 4, hold: gate.file });
  await progressed(run, 1);
  await crash(worker);
  gate.open();
  const next = await startOwnWorker(fleet.server, "own");
  const killed = (await run.result()).stages["called"];
  expect(killed).toMatchObject({ status: "succeeded", outputs: reference.stages["called"]!.outputs });
  expect(await fleet.log(run, "called")).toEqual(
    expect.arrayContaining(["2 checkpoint", "2 resumes from its checkpoint", "2 calls an activity"]),
  );
  expect(readdirSync(path.join(fleet.home, "runs", run.workflowId, "exchange", "called"))).toEqual([]);
  const { key } = (await queryRunState(run)).stages[0]!;
  expect((await readMetrics(fleet.home, key!)).rows).toEqual(
    [1, 3, 6, 10].map((total, i) => ({ step: i + 1, metrics: { total } })),
  );
  expect(readFileSync(lastOutputFile(fleet.home, run.workflowId, "called", 2)!, "utf8")).toMatch(/^added \d\n/);
  await crash(next);
});

test("while no worker serves the queue, the run says what it waits for; it can be canceled, or continues with a worker", async () => {
  const [canceled, run] = [await counting({ most: 1 }, [], "nobody"), await counting({ most: 2 }, [], "late")];
  for (const one of [canceled, run]) await until(one, ({ stages }) => stages[0]?.calls !== undefined);
  expect((await queryRunState(run)).stages[0]).toMatchObject({ calls: { activity: "count", taskQueue: "late" } });
  expect((await readRun(fleet.client, fleet.home, run.workflowId)).queued).toEqual(new Set(["called"]));
  await canceled.cancel();
  expect(await runFailure(canceled)).toMatchObject({ type: "CancelledFailure" });
  const worker = await startOwnWorker(fleet.server, "late");
  expect((await run.result()).stages["called"]).toMatchObject({ status: "succeeded", metrics: { total: 3 } });
  await crash(worker);
});

test("a canceled activity saves a checkpoint, from which the resumed run continues; an equal run is cached", async () => {
  const worker = await startOwnWorker(fleet.server, "own");
  const gate = fleet.gate();
  const run = await counting({ most: 3, from: 100, hold: gate.file });
  await progressed(run, 1);
  await run.cancel();
  expect(await runFailure(run)).toMatchObject({ type: "CancelledFailure" });
  gate.open();
  const { plan } = await queryRunState(run);
  const again = await fleet.client.workflow.start("pipeline", {
    taskQueue: "pawl",
    workflowId: run.workflowId,
    args: [{ plan: plan! }],
  });
  const { stages } = (await again.result()) as Awaited<ReturnType<Run["result"]>>;
  expect(stages["called"]).toMatchObject({ status: "succeeded", metrics: { total: 106 } });
  expect((await fleet.log(run, "called")).filter((line) => line.endsWith("resumes from its checkpoint"))).toHaveLength(
    1,
  );
  expect(
    statuses(await queryRunState(await finished(await counting({ most: 3, from: 100, hold: gate.file })))),
  ).toEqual({
    called: "cached",
  });
  await crash(worker);
});

async function finished(run: Run): Promise<Run> {
  await run.result();
  return run;
}

describe("failures", () => {
  beforeAll(() => startOwnWorker(fleet.server, "failing"));

  test.each([
    [{ type: "Bad", nonRetryable: true }, [], "STAGE_REFUSED", 1, "Bad: as the test asked"],
    [{ type: "Bad" }, ["notRetried: [Other, Bad]"], "STAGE_REFUSED", 1, "Bad: as the test asked"],
    [{ type: "Bad" }, [], "STAGE_FAILED", 2, "Bad: as the test asked"],
    [{ type: "OUT_OF_MEMORY" }, [], "OUT_OF_MEMORY", 2, "as the test asked"],
    [{ type: "OTHER_STORE" }, [], "STAGE_FAILED", 2, "OTHER_STORE: as the test asked"],
    [{ attempts: 0, result: 7 }, [], "STAGE_INVALID", 1, "returned something else"],
    [{ attempts: 0, result: { metrics: { a: "b" } } }, [], "STAGE_INVALID", 1, "returned something else"],
    [{ attempts: 0, result: { metrics: {}, more: 1 } }, [], "STAGE_INVALID", 1, "returned something else"],
    [{ attempts: 0, result: null }, ["metrics: [a]"], "STAGE_INVALID", 1, "its metric a"],
    [{ attempts: 0, result: null }, ["outputs: { a: files }"], "COMMAND_INVALID", 1, "outputs/a"],
  ])("%j %j fails with %s after %d attempts", async (settings, more, type, attempts, message) => {
    const run = await launch({ activity: "fail", settings, more, queue: "failing" });
    const failure = await runFailure(run);
    expect(failure).toMatchObject({ type, message: expect.stringContaining(message) });
    expect((await queryRunState(run)).stages[0]).toMatchObject({ attempts });
  });
});

test("a definition that came with the request may call no activity", async () => {
  const definition = `name: d
stages:
  called:
    uses: activity
    with: { activity: count, taskQueue: own, version: 1 }
`;
  expect(await runFailure(await fleet.launch({ definition }))).toMatchObject({ type: "CODE_NOT_ALLOWED" });
});

const script = `
import time
from pathlib import Path
from pawl_worker import Refused, serve

def count(task):
    total = task.settings.get("from", 0)

    def save(directory):
        (directory / "total").write_text(str(total))

    def load(directory):
        nonlocal total
        total = int((directory / "total").read_text())

    for step in task.steps(task.settings["most"], save=save, load=load):
        total += step
        task.metrics(step, total=total)
        task.print("added", step)
        if step == 1:
            task.log("has begun")
        if step == 3:
            while not Path(task.settings["hold"]).exists() and not task.stopping():
                time.sleep(0.05)
        while not task.due():
            time.sleep(0.001)
    task.output("total").write_text(str(total))
    return {"total": total}

def refuse(task):
    raise Refused("these settings")

serve({"count": count, "refuse": refuse}, task_queue="python")
`;

testWithPython(
  ["temporalio"],
  "a worker in Python that is killed, and one that is stopped, resume from their checkpoints to the same output",
  async () => {
    const place = { modules: path.join(packageRoot(), "python"), home: fleet.home };
    const start = () => startPythonWorker(python, script, fleet.server, place);
    const stage = ["checkpoint: { every: 1ms }"];
    const gate = fleet.gate();
    let worker = start();
    const refused = await launch({ activity: "refuse", queue: "python" });
    expect(await runFailure(refused)).toMatchObject({
      type: "STAGE_REFUSED",
      message: expect.stringMatching(/these settings/),
    });
    const run = await counting({ most: 5, hold: gate.file }, stage, "python");
    await progressed(run, 2);
    await crash(worker);
    worker = start();
    await until(run, ({ stages }) => stages[0]!.attempts === 2 && stages[0]!.calls !== undefined);
    await progressed(run, 2);
    worker.kill("SIGTERM");
    await until(run, ({ stages }) => stages[0]!.attempts === 3);
    gate.open();
    worker = start();
    const { outputs } = (await run.result()).stages["called"]!;
    const other = await counting({ most: 5, hold: gate.file, other: true }, stage, "python");
    expect((await other.result()).stages["called"]).toMatchObject({ outputs, metrics: { total: 15 } });
    expect((await fleet.log(run, "called")).filter((line) => line.endsWith("resumes from its checkpoint"))).toEqual([
      "2 resumes from its checkpoint",
      "3 resumes from its checkpoint",
    ]);
    const { key } = (await queryRunState(run)).stages[0]!;
    expect((await readMetrics(fleet.home, key!)).rows.map(({ metrics }) => metrics)).toEqual(
      [1, 3, 6, 10, 15].map((total) => ({ total })),
    );
    expect(await fleet.log(run, "called")).toContain("2 has begun");
    expect(readFileSync(lastOutputFile(fleet.home, run.workflowId, "called", 3)!, "utf8")).toMatch(/added 5\n$/);
    worker.kill("SIGTERM");
  },
);
