import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { activity } from "../../../activities/activity.js";
import type { ActivityCall } from "../../../schemas/activity.js";
import { readProgress } from "../../../schemas/run.js";
import { openCheckpoints } from "../../../store/checkpoints.js";
import { layout } from "../../../store/home.js";
import { catchFailure, putDataset, fillSettings } from "../../support/datasets.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

let context: TestContext;
beforeEach(() => {
  context = testContext();
  context.checkpoints = openCheckpoints(context.home, context.key, { keep: 2, onCorrupt: () => undefined });
});
afterEach(() => context.remove());

const given = (more: object = {}) =>
  fillSettings("activity", { activity: "count", taskQueue: "own", version: 1, ...more });

/** The first half of an attempt. */
async function call(more: object = {}): Promise<ActivityCall> {
  const outcome = await activity(given(more), context);
  if (!("call" in outcome)) throw new Error("it called nothing");
  return outcome.call;
}

/** The second half. */
const takeBack = (
  { directory }: ActivityCall,
  more: object = {},
  result: ActivityCall["task"]["settings"] | null = null,
) => activity(given(more), { ...context, called: { directory, result } });

function saveIn(directory: string, step: number, total = step): void {
  mkdirSync(path.join(directory, `${step}`));
  writeFileSync(path.join(directory, `${step}`, "total"), `${total}`);
}

test("the checkpoints of an attempt that ended in any way are taken by the next one, but what is unfinished is not", async () => {
  const first = await call();
  saveIn(first.task.checkpoints.directory, 3);
  saveIn(first.task.checkpoints.directory, 12);
  mkdirSync(path.join(first.task.checkpoints.directory, "unfinished"));
  const { task } = await call();
  expect(task.resume).toEqual({ step: 12, directory: expect.stringContaining("resume") });
  expect(task.checkpoints.directory).not.toBe(first.task.checkpoints.directory);
});

test("checkpoints of another key are of no use", async () => {
  saveIn((await call()).task.checkpoints.directory, 3);
  context.key = "other";
  expect((await call()).task.resume).toBeUndefined();
});

test("a checkpoint with a link fails one attempt, and no longer exists at the next", async () => {
  const { task } = await call();
  saveIn(task.checkpoints.directory, 3);
  symlinkSync("/etc", path.join(task.checkpoints.directory, "3", "link"));
  expect(await catchFailure(call())).toMatchObject({ code: "COMMAND_INVALID", facts: { where: "checkpoints/3/link" } });
  expect((await call()).task.resume).toBeUndefined();
});

test("an input that the activity changed is refused", async () => {
  const inputs = { text: await putDataset(context, [{ text: "one" }]) };
  const called = await call({ inputs });
  utimesSync(path.join(called.task.inputs["text"]!, "data.jsonl"), 1, 1);
  expect(await catchFailure(takeBack(called, { inputs }))).toMatchObject({
    code: "COMMAND_INVALID",
    facts: { where: "inputs/text" },
  });
});

test("settings too large for the history are refused", async () => {
  expect(await catchFailure(call({ settings: { text: "x".repeat(16_384) } }))).toMatchObject({
    code: "OUT_OF_RANGE",
    facts: { where: "with.settings" },
  });
});

test("a directory that the activity removed is an error that is retried", async () => {
  const called = await call();
  rmSync(path.join(layout.exchange(context.home, context.runId, context.stage), called.directory), { recursive: true });
  expect(await catchFailure(takeBack(called))).toMatchObject({ code: "STORE_UNREADABLE" });
});

test("files that belong to no output are counted", async () => {
  const called = await call();
  writeFileSync(path.join(called.task.outputs, "more"), "");
  expect(await takeBack(called, {}, { metrics: { a: 1 } })).toMatchObject({ metrics: { a: 1, leftOut: 1 } });
});

describe("the events of an activity", () => {
  const events = [
    { event: "metrics", step: 1, metrics: { loss: 3 } },
    { event: "metrics", step: 2, metrics: { loss: 2 } },
    { event: "metrics", metrics: { accuracy: 0.5, a: 7 } },
    { event: "log", message: "has begun" },
  ];
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  const curve = events.slice(0, 2).map(({ step, metrics }) => ({ step, metrics }));

  test("are read once it has returned: metrics of steps and of the result, which it may also return, and lines", async () => {
    const called = await call();
    expect(readFileSync(called.task.output, "utf8")).toBe("");
    writeFileSync(called.task.events, lines);
    expect(await takeBack(called, { metrics: ["accuracy"] }, { metrics: { a: 1 } })).toMatchObject({
      metrics: { accuracy: 0.5, a: 1 },
    });
    expect(context.recorded).toEqual(curve);
    expect(context.logged).toEqual(["has begun undefined"]);
  });

  test("of an attempt that failed are read by the next one; those of another key are not", async () => {
    writeFileSync((await call()).task.events, lines);
    await call();
    expect(context.recorded).toEqual(curve);
    writeFileSync((await call()).task.events, lines);
    context.key = "other";
    await call();
    expect(context.recorded).toEqual(curve);
  });

  test("lines that are none are logged, and the others read", async () => {
    const called = await call();
    writeFileSync(called.task.events, `nonsense\n${lines}{"event": "metr`);
    await takeBack(called);
    expect(context.recorded).toEqual(curve);
    expect(context.logged).toEqual([
      expect.stringContaining("line 1 of events is not an event: it is not JSON"),
      "has begun undefined",
      expect.stringContaining("is not an event: it does not end in a line break"),
    ]);
  });

  test.each([
    ["a link", (file: string) => symlinkSync("/etc/passwd", file)],
    ["nothing", () => undefined],
    ["a directory", (file: string) => mkdirSync(file)],
    ["a pipe", (file: string) => execFileSync("mkfifo", [file])],
  ])("%s in the place of their file is not read", async (_, put) => {
    const called = await call();
    rmSync(called.task.events);
    put(called.task.events);
    expect(await takeBack(called)).toMatchObject({ metrics: {} });
    expect(context.recorded).toEqual([]);
    expect(context.logged).toEqual([expect.stringContaining("the file of events is missing")]);
  });
});

test.each([
  [undefined, undefined],
  ["abc", undefined],
  [{ done: "1", total: 2 }, undefined],
  [{ done: 1, total: -2 }, undefined],
  [
    { done: 1, total: 2, checkpointStep: "9", metrics: { loss: 1, bad: "x" }, phase: 3, etaSeconds: -1 },
    { done: 1, total: 2, unit: "steps", phase: "work", metrics: { loss: 1 } },
  ],
  [
    { done: 1, total: 2, unit: "rows", phase: "read", checkpointStep: 1 },
    { done: 1, total: 2, unit: "rows", phase: "read", checkpointStep: 1, metrics: {} },
  ],
])("heartbeat details %j are progress %j", (details, progress) => {
  expect(readProgress(details)).toEqual(progress);
});
