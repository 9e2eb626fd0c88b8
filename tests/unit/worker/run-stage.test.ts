import { CancelledFailure, CompleteAsyncError } from "@temporalio/activity";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageContext } from "../../../activities/stage.js";
import { PawlError } from "../../../platform/errors.js";
import type { StageRequest } from "../../../schemas/run.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { checkpointSteps, openCheckpoints } from "../../../store/checkpoints.js";
import { layout } from "../../../store/home.js";
import type { LogEntry } from "../../../store/history/log.js";
import { readLog } from "../../../store/history/log-reader.js";
import { readMetricColumns, readMetrics } from "../../../store/history/metrics.js";
import { findResult } from "../../../store/records/results.js";
import { computeFingerprint } from "../../../tensor/flags.js";
import type { StageTask, TaskFile } from "../../../worker/supervision/task-file.js";
import { useDirectory } from "../../support/directory.js";
import { attempt, request, processWith, type Canceled } from "../../support/attempt.js";
import { prepareStage } from "../../support/prepare.js";
import type { Progress } from "../../../schemas/stage-result.js";

const home = useDirectory();
const place = () => ({ home: home(), workingDirectory: home() });
const work = async () => {
  const train = await putArtifact(home(), "dataset", () => undefined);
  return { outputs: { train, heldOut: train }, metrics: { trainRows: 1 } };
};
const entries = async (): Promise<LogEntry[]> => {
  const found: LogEntry[] = [];
  for await (const entry of readLog(home(), "run")) found.push(entry);
  return found;
};
const messages = async (): Promise<string[]> => (await entries()).map(({ message }) => message);

describe("a worker process's task file that cannot be written", () => {
  const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  const brokenWhen = (broken: (task: StageTask) => boolean) => {
    const write = (task: StageTask): void => {
      if (broken(task)) throw full;
    };
    return { taskFile: { write } as TaskFile };
  };

  it("fails the attempt with a code, so that it is retried", async () => {
    const worker = processWith(
      home(),
      work,
      brokenWhen(({ ended }) => !ended),
    );
    await expect(attempt(worker, request())).rejects.toMatchObject({
      type: "DISK_FULL",
      details: [{ class: "diskFull" }, null, expect.any(Number)],
    });
  });
  it("does not change the outcome of an attempt that has ended", async () => {
    const worker = processWith(
      home(),
      work,
      brokenWhen(({ ended }) => ended),
    );
    expect(await attempt(worker, request())).toMatchObject({ metrics: { trainRows: 1 } });
    expect((await messages()).at(-1)).toBe(`the worker process's task file could not be written: ${full.message}`);
  });
});

test("metrics stand in the order of the stage's definition, most telling first; others follow", async () => {
  const told = { droppedEmpty: 0, trainRows: 1, ofItsOwn: 3, heldOutRows: 2 };
  const { metrics } = (await attempt(
    processWith(home(), async () => ({ ...(await work()), metrics: told })),
    request(),
  )) as { metrics: Record<string, number> };
  expect(metrics).toEqual(told);
  expect(Object.keys(metrics)).toEqual(["trainRows", "heldOutRows", "droppedEmpty", "ofItsOwn"]);
});

test("a history that was cut after its stage ended is noticed, wherever it was cut", async () => {
  const recording = async (_settings: unknown, context: StageContext) => {
    for (let step = 1; step <= 4; step++) context.recordMetrics(step, { loss: 1 / step });
    return work();
  };
  await attempt(processWith(home(), recording), request());
  const { key } = await prepareStage(place());
  expect(await readMetrics(home(), key!)).toMatchObject({ rows: { length: 4 }, damaged: 0 });
  const file = layout.metrics(home(), key!);
  const lines = readFileSync(file, "utf8").split("\n");
  writeFileSync(
    file,
    `${lines
      .slice(
        0,
        lines.findIndex((line) => /^\w{8} 3 /.test(line)),
      )
      .join("\n")}\n`,
  );
  expect(await readMetrics(home(), key!)).toMatchObject({ rows: { length: 2 }, damaged: 2 });
  expect(await readMetricColumns(home(), key!)).toMatchObject({ damaged: 2 });
});

test("the metrics of the steps that led to a failure are kept", async () => {
  const failing = async (_settings: unknown, context: StageContext) => {
    context.recordMetrics(1, { loss: 4 });
    context.recordMetrics(2, { loss: 400 });
    throw new PawlError("DIVERGED", "the training diverges");
  };
  await expect(attempt(processWith(home(), failing), request())).rejects.toMatchObject({ type: "DIVERGED" });
  const { key } = await prepareStage(place());
  expect((await readMetrics(home(), key!)).rows.map(({ step, metrics }) => [step, metrics["loss"]])).toEqual([
    [1, 4],
    [2, 400],
  ]);
});

describe("a result of the stage's key", () => {
  const model = { artifact: "model" as const, digest: "0".repeat(64) };
  const asExport = { uses: "export" as const, with: { model, to: "out" } };
  const ran = jest.fn(work);
  const run = (more: Partial<StageRequest>) => attempt(processWith(home(), ran), request(more));
  beforeEach(() => ran.mockClear());

  it("of any run is given back, unless told not to", async () => {
    await run({ runId: "before" });
    await run({ reuse: true });
    expect(ran).toHaveBeenCalledTimes(1);
    await run({ reuse: false });
    expect(ran).toHaveBeenCalledTimes(2);
  });
  it("counts only within the run where the stage writes outside the store", async () => {
    await run({ ...asExport, runId: "before" });
    await run(asExport);
    expect(ran).toHaveBeenCalledTimes(2);
    await run({ ...asExport, attempt: 2 });
    expect(ran).toHaveBeenCalledTimes(2);
    expect((await prepareStage(place(), { ...asExport, runId: "third" })).cached).toBeUndefined();
  });
});

test("checkpoints that an attempt left when it was killed between its result and its end are removed", async () => {
  const { with: settings } = request();
  await attempt(processWith(home(), work), request());
  const { key } = await prepareStage(place());
  await openCheckpoints(home(), key!, { keep: 1, onCorrupt: () => undefined }).save(1, () => undefined);
  await attempt(processWith(home(), work), request({ attempt: 2, with: settings }));
  expect(await checkpointSteps(home(), key!)).toEqual([]);
});

test("an attempt that must stop saves a checkpoint, also where that requires reading its sources", async () => {
  writeFileSync(path.join(home(), "a.txt"), "edited just now");
  const leaving = new AbortController();
  const asked = request({ with: { source: { file: "a.txt" } } });
  let key = "";
  const stops = async (_: never, context: StageContext) => {
    key = context.key;
    leaving.abort();
    await context.checkpoints.save(1, () => undefined);
    throw context.signal.reason;
  };
  const worker = processWith(home(), stops, { workingDirectory: home(), preempted: leaving.signal });
  await expect(attempt(worker, asked)).rejects.toMatchObject({ type: "PREEMPTED" });
  expect(await checkpointSteps(home(), key)).toEqual([1]);
});

test("a checkpoint that another run removes while it is read costs an attempt, not the stage", async () => {
  const worker = processWith(home(), async (_: never, { checkpoints }) => {
    await checkpoints.save(1, () => undefined);
    const found = await checkpoints.latest();
    // As the other run's attempt does when it has ended.
    await checkpoints.clear();
    readFileSync(path.join(found!.directory, "manifest.json"));
    return work();
  });
  await expect(attempt(worker, request())).rejects.toMatchObject({ type: "STORE_UNREADABLE", nonRetryable: false });
});

describe("what a stage with tensors computes with", () => {
  const settings = { model: { artifact: "model", digest: "0".repeat(64) }, prompts: ["hello"] };
  const answers = async () => {
    const samples = await putArtifact(home(), "samples", () => undefined);
    return { outputs: { samples }, metrics: {} };
  };
  /** As a machine with `threads` cores prepares it. */
  const prepared = async (threads: number, gpu = false) => {
    const compute = { ...computeFingerprint({ gpu }), threads };
    const about = { uses: "generate" as const, with: settings, gpu, cache: false, compute };
    const { key, request: allowed } = await prepareStage(place(), about);
    return { key: key!, asked: request({ uses: "generate", with: allowed!.with!, compute }) };
  };
  const recorded = (key: string) => findResult(home(), key);

  // A process has one number of threads for its life: 3 in all that follows.
  it("is what its run says, and so is the key under which its result is recorded", async () => {
    const { key, asked } = await prepared(3);
    await attempt(processWith(home(), answers), asked);
    expect((await recorded(key))?.compute).toBe(JSON.stringify(asked.compute));
  });
  it("is another process's business where this one has other threads: it gives the stage back and goes", async () => {
    const leave = jest.fn();
    const tried = attempt(processWith(home(), answers, { leave }), (await prepared(5)).asked);
    await expect(tried).rejects.toMatchObject({
      type: "PREEMPTED",
      message: "the stage computes with 5 threads, this process with 3: another process runs it",
    });
    expect(leave).toHaveBeenCalledTimes(1);
  });
  it("is never quietly a CPU for a stage that asks for a GPU", async () => {
    const tried = attempt(processWith(home(), answers), (await prepared(3, true)).asked);
    await expect(tried).rejects.toMatchObject({
      type: "TENSORFLOW_MISSING",
      message: "the stage needs a gpu, which this worker process does not have",
    });
  });
  it("is logged, and has a key of its own, where the software here is not the run's", async () => {
    const { key, asked } = await prepared(3);
    const compute = { ...asked.compute!, version: "1.0.0" };
    await attempt(processWith(home(), answers), { ...asked, compute });
    expect((await messages())[0]).toMatch(/^bits may differ/);
    expect(await recorded(key)).toBeDefined();
  });
});

describe("a stage's heartbeat", () => {
  const said = { phase: "read", done: 3, total: 9, unit: "rows", metrics: {} };
  const beats: unknown[] = [];
  const run = (stage: (context: StageContext) => void) =>
    attempt(
      processWith(home(), (_: never, context) => {
        stage(context);
        return work();
      }),
      request(),
      (details) => beats.push(details),
    );
  beforeEach(() => {
    beats.length = 0;
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
  });
  afterEach(() => jest.useRealTimers());

  it("continues while the stage is silent, and ends with the attempt", async () => {
    await run((context) => {
      jest.advanceTimersByTime(600);
      context.progress(said);
      jest.advanceTimersByTime(500);
    });
    const atEnd = [...beats];
    jest.advanceTimersByTime(60_000);
    expect(atEnd).toEqual([undefined, undefined, said, said, said]);
    expect(beats).toEqual(atEnd);
  });
  it("reports a new phase immediately, since the process may not respond during it", async () => {
    await run((context) => {
      jest.advanceTimersByTime(300);
      for (const [phase, done] of [
        ["compile", 0],
        ["compile", 1],
        ["train", 1],
      ] as const)
        context.progress({ ...said, phase, done });
    });
    expect(beats.map((details) => (details as Progress | undefined)?.phase)).toEqual([undefined, "compile", "train"]);
    expect((await entries()).find(({ message }) => message === "working")?.data).toEqual({ phase: "train", done: 1 });
  });
  it("says which step the newest checkpoint is of, and when it was saved", async () => {
    const worker = processWith(home(), async (_: never, { checkpoints, progress }) => {
      progress(said);
      await checkpoints.save(3, () => undefined);
      return work();
    });
    await attempt(worker, request(), (details) => beats.push(details));
    expect(beats).toEqual([{ ...said, checkpointStep: 3, checkpointedAtMs: Date.now() }]);
  });
  it("is spared for an attempt that ends soon", async () => {
    await run((context) => context.progress(said));
    expect(beats).toEqual([]);
  });
});

describe("settings that history does not hold", () => {
  const text = "x".repeat(100_000);

  it("reach the attempt through the store", async () => {
    const prepared = await prepareStage(place(), { with: { source: { text } }, cache: false });
    expect(JSON.stringify(prepared).length).toBeLessThan(1000);
    const given = jest.fn();
    const worker = processWith(home(), async (settings: never) => {
      given(settings);
      return work();
    });
    const { with: _with, ...rest } = request();
    await attempt(worker, { ...rest, withDigest: prepared.request!.withDigest! });
    expect(given.mock.calls[0]![0]).toMatchObject({ source: { text } });
  });

  it("that no longer exist, or have changed, fail the attempt, which is retried", async () => {
    const { with: _with, ...rest } = request();
    await expect(attempt(processWith(home(), work), { ...rest, withDigest: "0".repeat(64) })).rejects.toMatchObject({
      type: "STORE_UNREADABLE",
      nonRetryable: false,
      details: [
        { facts: { where: home(), expected: expect.stringContaining("000000000000 of run run") } },
        null,
        expect.any(Number),
      ],
    });
  });
});

describe("an attempt that the SDK cancels", () => {
  const cancel = new CancelledFailure("by the SDK");
  /** A stage that works until it must stop, or has seen the cancellation and continues. */
  const untilStopped = async (_: unknown, { signal }: StageContext) => {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    return work();
  };
  const canceled = async (more: Canceled) => {
    const client = { activity: { complete: jest.fn(async () => undefined) } };
    const cancelled = Promise.reject(cancel);
    cancelled.catch(() => undefined);
    const asked = { cancelled, ...more };
    const ended = attempt(processWith(home(), untilStopped), request(), undefined, client, undefined, asked);
    const outcome = await ended.catch((error: unknown) => error);
    return { outcome, complete: client.activity.complete, logged: (await messages()).at(-1) };
  };

  it("because its own timer ran out continues, and completes by its task token", async () => {
    const { outcome, complete } = await canceled({ details: { timedOut: true, notFound: true } });
    expect(outcome).toBeInstanceOf(CompleteAsyncError);
    expect(complete.mock.calls).toHaveLength(1);
  });
  it("stops in the process for workflows, where no server waits for it", async () => {
    const local = { isLocal: true, details: { timedOut: true, notFound: true } } as const;
    const { outcome, complete, logged } = await canceled(local);
    expect(outcome).toBe(cancel);
    expect(logged).toMatch(/^canceled: it did not finish within the minute/);
    expect(complete.mock.calls).toHaveLength(0);
  });
  it("because the server has given it up stops, and its log says why", async () => {
    const { outcome, logged } = await canceled({ details: { notFound: true } });
    expect(outcome).toMatchObject({ type: "PREEMPTED" });
    expect(logged).toMatch(/^failed: PREEMPTED: the server has given up this attempt: no heartbeat/);
  });
  it("with its run says so in its log", async () => {
    const { outcome, logged } = await canceled({ details: { cancelRequested: true } });
    expect(outcome).toBe(cancel);
    expect(logged).toBe("canceled: the run was canceled, or no longer needs the stage");
  });
});
