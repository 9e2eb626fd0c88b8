import path from "node:path";
import { compilePipeline } from "../../../compiler/compile.js";
import type { StageState } from "../../../schemas/run.js";
import { appendLines } from "../../../store/history/append.js";
import { layout } from "../../../store/home.js";
import { openMetrics } from "../../../store/history/metrics.js";
import { findRecord, savePlan, saveRecord } from "../../../store/records/runs.js";
import type { CurvesMessage, RunMessage, RunsMessage, StageDetail } from "../../../studio/messages.js";
import { useDirectory } from "../../support/directory.js";
import { makeReportedRun } from "../../support/reported-run.js";
import { openStudio, readEvents, type ReadEvent } from "../../support/studio.js";

const home = useDirectory();
const get = async <T>(address: string): Promise<T> => (await openStudio(home()).ask(address)).json() as Promise<T>;
const atMs = Date.parse("2026-01-02T03:04:05.000Z");

/**
 * A run of `lists` stages with `items` items each.
 * @param keyOf the key of an item's stage, by its place among all
 */
async function makeWideRun(lists: number, items: number, keyOf: (i: number) => string | undefined): Promise<void> {
  const list = Array.from({ length: lists }, (_, i) => {
    const needs = i === 0 ? "" : `, needs: [list${i - 1}]`;
    return `  list${i}: { uses: dataset, foreach: { items: "\${{ inputs.items }}", maxItems: 1000 }, with: { source: { text: "\${{ item }}" }, unit: line }${needs} }\n`;
  });
  const text = `name: wide\ninputs: { items: { type: array, default: [] } }\nstages:\n${list.join("")}`;
  const { plan } = await compilePipeline({ text });
  const stages = plan.stages.flatMap(({ id, uses }, of) =>
    Array.from({ length: items }, (_, index): StageState => {
      const key = keyOf(of * items + index);
      const made = { outputs: {}, metrics: {}, startedAtMs: atMs, ...(key !== undefined && { key }) };
      const combination = { item: `item ${index}`, index };
      return { id: `${id}.${index + 1}`, uses, combination, status: "succeeded", attempts: 1, ...made };
    }),
  );
  const startedAt = new Date(atMs).toISOString();
  await savePlan(home(), "wide", plan, text);
  await saveRecord(home(), {
    ...{ runId: "wide", pipeline: "wide", status: "succeeded", plan, stages, outputs: {} },
    ...{ startedAt, endedAt: startedAt },
  });
}

test("a run of 5,000 stages has a card for each, in the order of the definition", async () => {
  await makeWideRun(5, 1000, () => undefined);
  const { stages } = await get<RunMessage>("/api/runs/wide");
  expect(stages).toHaveLength(5000);
  expect(stages[1001]).toMatchObject({ id: "list1.2", declared: "list1", needs: ["list0"] });
  const response = await openStudio(home()).ask("/api/runs/wide/stages/list9.1");
  const { error } = (await response.json()) as { error: { facts: { expected: string } } };
  expect(error.facts.expected).toMatch(/^one of list0\.1, .*, list0\.20 and 4980 more$/);
});

test("of many stages with curves, 48 are in one message; the others are named, and each has its curves", async () => {
  const keyOf = (i: number): string => String(i).padStart(64, "0");
  await makeWideRun(1, 60, keyOf);
  for (let i = 0; i < 60; i++) {
    const history = openMetrics(home(), keyOf(i));
    history.record(1, { loss: i });
    await history.finish();
  }
  const { curves, others } = await get<CurvesMessage>("/api/runs/wide/curves");
  const shown = curves.map(({ stage }) => stage);
  // Stages are read a few at a time: those whose reading has begun are shown, too.
  expect(shown.length).toBeGreaterThanOrEqual(48);
  expect(shown.length).toBeLessThan(52);
  expect(others).toContain("list0.60");
  expect(new Set([...shown, ...others]).size).toBe(60);
  const one = await get<CurvesMessage>("/api/runs/wide/curves?stage=list0.60");
  expect(one.curves).toMatchObject([{ stage: "list0.60", points: [[1, 59]] }]);
  expect(one.others).toEqual([]);
});

test("of 4,000 attempts, marks that fall together are one, and the newest attempts are listed and counted", async () => {
  await makeReportedRun(home(), { losses: Array.from({ length: 4_000 }, (_, i) => 1 / (i + 1)) });
  const entry = (attempt: number, message: string, data: object = {}): string =>
    JSON.stringify({
      time: new Date(atMs + 60_000 + 1000 * attempt).toISOString(),
      stage: "base",
      attempt,
      message,
      data,
    });
  const lines = Array.from({ length: 4_000 }, (_, i) =>
    [
      entry(i + 3, "started"),
      entry(i + 3, "resumes from its checkpoint", { step: i }),
      entry(i + 3, "checkpoint", { step: i + 1 }),
    ].join("\n"),
  );
  appendLines(path.join(layout.log(home(), "poems-1"), "base.jsonl"), `${lines.join("\n")}\n`);
  const { curves } = await get<CurvesMessage>("/api/runs/poems-1/curves?stage=base");
  const loss = curves.find(({ metric }) => metric === "loss")!;
  expect(loss.count).toBe(4_000);
  for (const marks of [loss.checkpoints, loss.retries]) {
    expect(marks.length).toBeGreaterThan(250);
    expect(marks.length).toBeLessThanOrEqual(301);
  }
  // A time between them is noted whenever a while has passed.
  const timed = loss.times.map(([step]) => step);
  expect([timed[0], timed.at(-1)]).toEqual([1, 4_000]);
  const near = await get<CurvesMessage>("/api/runs/poems-1/curves?stage=base&from=100&to=120");
  expect(near.curves[0]!.checkpoints).toEqual(Array.from({ length: 21 }, (_, i) => 100 + i));
  const detail = await get<StageDetail>("/api/runs/poems-1/stages/base");
  expect(detail).toMatchObject({ attemptCount: 4_002, checkpointCount: 4_001 });
  expect(detail.attempts).toHaveLength(100);
  expect(detail.attempts.at(-1)!.attempt).toBe(4_002);
});

test("of 100 runs, one that changes is sent alone", async () => {
  await makeReportedRun(home());
  const record = (await findRecord(home(), "poems-1"))!;
  for (let i = 2; i <= 100; i++) await saveRecord(home(), { ...record, runId: `poems-${i}`, status: "running" });
  const response = await openStudio(home()).ask("/api/live?runs=1");
  const sent = (events: readonly ReadEvent[]): RunsMessage[] =>
    events.filter(({ event }) => event === "runs").map(({ message }) => message as RunsMessage);
  let isChanged = false;
  const events = await readEvents(response, (found) => {
    if (sent(found).length === 1 && !isChanged) {
      isChanged = true;
      void saveRecord(home(), { ...record, runId: "poems-7", status: "failed" });
    }
    return sent(found).length === 2;
  });
  const [first, second] = sent(events);
  expect(first!.runs).toHaveLength(100);
  expect(second!.runs).toMatchObject([{ run: "poems-7", status: "failed" }]);
});
