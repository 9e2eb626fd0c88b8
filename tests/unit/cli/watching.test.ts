import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Client } from "@temporalio/client";
import { bar, sparkline } from "../../../cli/render/drawings.js";
import { fitted, shortened, wrapped } from "../../../cli/render/segments.js";
import { Curve } from "../../../api/watching/curve.js";
import { Details } from "../../../api/watching/details.js";
import { shareDone, timeLeft } from "../../../api/watching/time-left.js";
import { usualTimes } from "../../../api/watching/usual-times.js";
import { layout } from "../../../store/home.js";
import { recordLatest } from "../../../store/records/latest.js";
import { followMetrics, openMetrics } from "../../../store/history/metrics.js";
import { recordResult, stageKey } from "../../../store/records/results.js";
import { useDirectory } from "../../support/directory.js";
import { makeStage, makeView } from "../../support/run-views.js";
import type { StageIdentity } from "../../../store/records/record-types.js";

const home = useDirectory();
const key = "a".repeat(64);

describe("a curve", () => {
  test("keeps few values of many steps, in their order, and steps that come again change nothing", () => {
    const curve = new Curve();
    for (const first of [0, 5000]) for (let step = first; step < 10_000; step++) curve.add(step, 10_000 - step);
    const values = curve.values();
    expect(values.length).toBeGreaterThan(16);
    expect(values.length).toBeLessThanOrEqual(64);
    expect(values).toEqual([...values].sort((a, b) => b - a));
  });

  test("leaves out what is not a number", () => {
    const curve = new Curve();
    for (const [step, value] of [1, NaN, 3, Infinity, 5].entries()) curve.add(step, value);
    expect(curve.values()).toEqual([1, 3, 5]);
  });

  test.each([
    [[], ""],
    [[1], ""],
    [[2, 2, 2], "▄▄▄"],
    [[8, 1], "█▁"],
    [[0, 1, 2, 3, 4, 5, 6], "▁▂▃▅▆▇█"],
    [Array.from({ length: 70 }, (_, i) => i), "▁▂▃▅▆▇█"],
  ])("%j is drawn as %s", (values, drawn) => expect(sparkline(values)).toBe(drawn));
});

test.each([
  [-1, "░░░░"],
  [0.49, "▓░░░"],
  [1, "▓▓▓▓"],
  [7, "▓▓▓▓"],
])("%d done is the bar %s", (share, drawn) => expect(bar(share, 4)).toBe(drawn));

test("segments yield by rank, those of one rank together; what has none is cut", () => {
  const segments = [{ text: "id" }, { text: "bar", rank: 1 }, { text: "1/2", close: true }, { text: "more", rank: 2 }];
  const at = (width: number): string => fitted(segments, width).text;
  expect([15, 14, 9, 8, 7, 6, 3].map(at)).toEqual([
    "id  bar 1/2  more".slice(0, 11),
    "id  bar 1/2",
    "id  1/2",
    "id  1/2",
    "id  1/2",
    "id  1…",
    "id…",
  ]);
  expect(at(17)).toBe("id  bar 1/2  more");
  expect([17, 11, 7].map((width) => fitted(segments, width).leftOut)).toEqual([Infinity, 2, 1]);
});

test.each([
  ["short", 10, "short"],
  ["a-very-long-name-7", 9, "a-ve…me-7"],
  ["磁盘已满磁盘", 7, "磁盘…盘"],
  ["abc", 1, "…"],
])("%j in %d columns is %j", (name, columns, expected) => expect(shortened(name, columns)).toBe(expected));

test("text is broken between words, long words anywhere, and what is left out is marked", () => {
  expect(wrapped("one two three", 8)).toEqual(["one two", "three"]);
  expect(wrapped("a 1234567890 b", 4)).toEqual(["a", "1234", "5678", "90 b"]);
  expect(wrapped("one two three four", 5, 2)).toEqual(["one", "two …"]);
  expect(wrapped("", 5)).toEqual([]);
  expect(wrapped("磁磁", 1)).toEqual(["磁磁"]);
});

describe("following a history", () => {
  const stepsOf = async (next: ReturnType<typeof followMetrics>): Promise<number[]> =>
    (await next()).map(({ step }) => step);

  test("gives each row once, and half a line only when it is whole", async () => {
    const next = followMetrics(home(), key);
    expect(await stepsOf(next)).toEqual([]);
    const history = openMetrics(home(), key);
    history.record(1, { loss: 4 });
    await history.flush();
    expect(await next()).toEqual([{ step: 1, metrics: { loss: 4 } }]);
    history.record(2, { loss: 3 });
    history.record(3, { loss: 2, reward: 1 });
    await history.flush();
    expect(await stepsOf(next)).toEqual([2, 3]);
    const file = layout.metrics(home(), key);
    appendFileSync(file, "damaged\nhalf a li");
    expect(await stepsOf(next)).toEqual([]);
    history.record(4, { loss: 1 });
    await history.flush();
    expect(await stepsOf(next)).toEqual([4]);
  });

  test("reads a long one in pieces", async () => {
    const history = openMetrics(home(), key);
    for (let step = 1; step <= 20_000; step++) history.record(step, { loss: 1 / step });
    await history.flush();
    const next = followMetrics(home(), key);
    const pieces: number[] = [];
    for (let steps = await stepsOf(next); steps.length > 0; steps = await stepsOf(next)) pieces.push(steps.length);
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.reduce((sum, count) => sum + count, 0)).toBe(20_000);
  });

  test("begins again with one that was written anew and is shorter", async () => {
    const history = openMetrics(home(), key);
    for (const step of [1, 2, 1, 2]) history.record(step, { loss: step });
    await history.flush();
    const next = followMetrics(home(), key);
    expect(await stepsOf(next)).toEqual([1, 2, 1, 2]);
    await history.finish();
    expect(await stepsOf(next)).toEqual([]);
    expect(await stepsOf(next)).toEqual([1, 2]);
  });

  test("finds nothing in what is not a file", async () => {
    mkdirSync(layout.metrics(home(), key), { recursive: true });
    expect(await stepsOf(followMetrics(home(), key))).toEqual([]);
  });
});

describe("the time left", () => {
  const nowMs = 100_000;
  const usual = (times: Record<string, number>): Pick<Parameters<typeof makeView>[1] & object, "usualMs"> => ({
    usualMs: new Map(Object.entries(times)),
  });
  const progress = { phase: "train", done: 1, total: 4, unit: "steps", etaSeconds: 30, metrics: {} };

  test("is the reported ETA of what runs, and for the rest what it took last", () => {
    const stages = [makeStage("a", "succeeded"), makeStage("b", "running"), makeStage("c", "queued")];
    const view = makeView(stages, { progress: { b: progress }, ...usual({ c: 10_000 }) }, { c: ["b"] });
    expect(timeLeft(view, nowMs)).toBe(40_000);
    expect(timeLeft({ ...view, progress: {} }, nowMs)).toBeUndefined();
  });

  test("without a reported ETA, is what is left of the usual time", () => {
    const view = makeView([makeStage("b", "running", { startedAtMs: 95_000 })], usual({ b: 8000 }));
    expect(timeLeft(view, nowMs)).toBe(3000);
    expect(timeLeft(view, nowMs + 60_000)).toBe(0);
    expect(timeLeft({ ...view, queued: new Set(["b"]) }, nowMs + 60_000)).toBe(8000);
  });

  test("divides work among the workers that are busy, but no stage starts before those that it needs", () => {
    const stages = ["a", "b"].map((id) => makeStage(id, "running", { startedAtMs: nowMs }));
    const more = ["c", "d"].map((id) => makeStage(id, "queued"));
    const times = usual({ a: 10_000, b: 10_000, c: 10_000, d: 30_000 });
    expect(timeLeft(makeView([...stages, ...more], times), nowMs)).toBe(30_000);
    expect(timeLeft(makeView([...stages, ...more], times, { c: ["a"], d: ["c"] }), nowMs)).toBe(50_000);
  });

  test("counts the stages of a list, which the plan does not know", () => {
    const items = ["a.1", "a.2"].map((id, index) =>
      makeStage(id, "running", { startedAtMs: nowMs, combination: { item: id, index } }),
    );
    const times = usual({ "a.1": 10_000, "a.2": 20_000, b: 30_000 });
    const view = makeView([...items, makeStage("b", "queued")], times, { b: ["a"] });
    const [b] = view.state.plan!.stages.filter(({ id }) => id === "b");
    const foreach = { items: "${{ inputs.list }}", maxItems: 5, failFast: true };
    const stages = [{ ...b!, id: "a", needs: [], foreach }, b!];
    const known = { ...view, state: { ...view.state, plan: { ...view.state.plan!, stages } } };
    expect(timeLeft(known, nowMs)).toBe(50_000);
  });

  test("is unknown while a stage waits for people", () => {
    for (const status of ["parked", "waiting"] as const)
      expect(timeLeft(makeView([makeStage("a", status)], usual({ a: 5 })), nowMs)).toBeUndefined();
  });

  test("of a child is that of its run", () => {
    const inner = makeView([makeStage("b", "running")], { progress: { b: progress } });
    const view = makeView([makeStage("a", "running"), makeStage("z", "failed")], { children: { a: inner } });
    expect(timeLeft(view, nowMs)).toBe(30_000);
    expect(shareDone(view)).toBe((0.25 + 1) / 2);
  });

  test("and the share that is done, are weighed by the usual times", () => {
    const stages = [makeStage("a", "succeeded"), makeStage("b", "running"), makeStage("c", "queued")];
    const view = makeView(stages, { progress: { b: progress } });
    expect(shareDone(view)).toBeCloseTo(1.25 / 3);
    expect(shareDone({ ...view, ...usual({ a: 1000, b: 8000, c: 1000 }) })).toBeCloseTo(0.3);
    expect(shareDone(makeView([]))).toBe(0);
  });
});

test("how long a stage took is known from the result that it left last", async () => {
  const identity: StageIdentity = { uses: "dataset", version: 1, with: {}, seed: 1, compute: null, source: null };
  const lineage = { runId: "r", startedAt: "2026-01-01T00:00:00Z", endedAt: "2026-01-01T00:00:07Z", machine: "m" };
  const record = {
    ...identity,
    key: stageKey(identity),
    outputs: {},
    metrics: {},
    lineage: { ...lineage, stage: "a" },
  };
  await recordResult(home(), record);
  for (const stage of ["a", "other"]) await recordLatest(home(), "tiny", stage, identity);
  const stages = [
    makeStage("a", "queued", { uses: "dataset" }),
    makeStage("other", "queued"),
    makeStage("new", "queued"),
  ];
  expect([...(await usualTimes(home(), "tiny", stages))]).toEqual([["a", 7000]]);
});

test("a store that cannot be read costs curves and times, not the view", async () => {
  writeFileSync(path.join(home(), "store"), "not a directory");
  const client = (): Client => {
    throw new Error("no server");
  };
  const stages = [makeStage("a", "running", { key, child: { run: "r.a", execution: "e" } })];
  const progress = { a: { phase: "train", done: 1, total: 2, unit: "steps", metrics: { loss: 1 } } };
  const view = await new Details(home(), client).addTo(makeView(stages, { progress }));
  expect(view).toMatchObject({ curves: { a: [] }, children: {} });
  expect([...view.usualMs!]).toEqual([]);
});

test("the curve of what runs is read from its history", async () => {
  const history = openMetrics(home(), key);
  for (const step of [1, 2, 3]) history.record(step, { loss: 4 - step, learningRate: 1 });
  await history.flush();
  const progress = { a: { phase: "train", done: 3, total: 9, unit: "steps", metrics: { learningRate: 1, loss: 1 } } };
  const details = new Details(home(), () => ({}) as Client);
  const stages = [makeStage("a", "running", { key }), makeStage("b", "running"), makeStage("c", "succeeded", { key })];
  const view = makeView(stages, { progress });
  expect((await details.addTo(view)).curves).toEqual({ a: [3, 2, 1] });
  history.record(4, { loss: 0 });
  await history.flush();
  expect((await details.addTo(view)).curves).toEqual({ a: [3, 2, 1, 0] });
});
