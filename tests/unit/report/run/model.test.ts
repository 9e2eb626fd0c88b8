import { appendFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { findKnownRun } from "../../../../report/run/known-run.js";
import { readRunModel, type RunModel } from "../../../../report/run/model.js";
import { layout } from "../../../../store/home.js";
import { saveDelivery } from "../../../../store/records/tracking.js";
import { useDirectory } from "../../../support/directory.js";
import { hostileText, makeReportedRun } from "../../../support/reported-run.js";

const home = useDirectory();

async function read(runId = "poems-1"): Promise<RunModel> {
  const run = await findKnownRun(home(), runId);
  return readRunModel(home(), run!, { buckets: 10, maxPrompts: 5 });
}

/** What a store prints about a damaged record is expected here. */
const quiet = (): void => void jest.spyOn(process.stderr, "write").mockReturnValue(true);
afterEach(() => jest.restoreAllMocks());

test("the model of a run has its measurements, samples, curves with checkpoints and retries, data and lineage", async () => {
  await makeReportedRun(home());
  const model = await read();
  expect(model).toMatchObject({ runId: "poems-1", status: "succeeded", problems: [] });
  expect(model.measurements.first).toEqual([
    { name: "bits", value: 1.5, unit: "bits/byte", description: expect.any(String) as string },
  ]);
  expect(model.samples).toEqual([{ stage: "judged", prompt: "Who?", text: hostileText }]);
  expect(model.curves.map(({ metric }) => metric)).toEqual(["loss", "learningRate"]);
  expect(model.curves[0]).toMatchObject({ stage: "base", count: 4, checkpoints: [2], retries: [2] });
  expect(model.curves[0]!.points.at(-1)).toEqual([4, 2]);
  expect(model.stages[2]!.events.attempts).toMatchObject([
    { attempt: 1, host: "heron", failure: "IO_FAILED: the disk went away" },
    { attempt: 2, host: "egret", resumedAt: 2 },
  ]);
  expect(model.evaluations[0]).toMatchObject({ contamination: { remarks: ["one source is not recorded"] } });
  expect(model.model).toMatchObject({ stage: "base", parameters: 1234, config: { hidden_size: 16 } });
  expect(model.model!.trainingData).toMatchObject([{ source: "poems of <i>nobody</i>", license: "MIT", rows: 2 }]);
  expect(model.lineage).toMatchObject({ by: { stage: "base" }, next: [{ by: { stage: "tokens" } }] });
  expect(model.definition).toContain("name: poems");
});

test("what is missing or damaged is reported, and the rest is there", async () => {
  await makeReportedRun(home());
  const before = await read();
  const { state } = before.stages[2]!;
  rmSync(layout.object(home(), before.stages[3]!.state.outputs["evaluation"]!.digest), { recursive: true });
  rmSync(layout.object(home(), before.stages[0]!.state.outputs["train"]!.digest), { recursive: true });
  writeFileSync(path.join(layout.object(home(), state.outputs["model"]!.digest), "config.json"), "{}");
  const problem = { message: "HTTP status 403", refused: true, next: "set a token" };
  const delivery = { tracker: "MLflow", runId: "poems-1", stage: "base", key: state.key!, last: { loss: 3 } };
  await saveDelivery(home(), { ...delivery, problem });
  appendFileSync(layout.metrics(home(), state.key!), "damaged\n");
  rmSync(path.join(layout.run(home(), "poems-1"), "pipeline.yaml"));
  const model = await read();
  expect(model.problems.map((problem) => problem.replaceAll(/[0-9a-f]{12}/g, "DIGEST"))).toEqual([
    "base: 1 lines of its metrics history are damaged or missing",
    "judged: artifact evaluation DIGEST is not in the store",
    expect.stringMatching(/^artifact model DIGEST is damaged: config.json is missing or has changed/) as string,
    "stages.base: MLflow lacks 4 steps: HTTP status 403; next: set a token",
  ]);
  expect(model.evaluations[0]!.measurements.map(({ name }) => name)).toEqual(["bitsPerByte", "accuracy"]);
  expect(model.model!.unknown).toEqual([expect.stringContaining("no longer in the store")]);
  expect(model.definition).toBeUndefined();
});

test("a run whose record is damaged has the states of no stage, and says so", async () => {
  quiet();
  await makeReportedRun(home());
  writeFileSync(path.join(layout.run(home(), "poems-1"), "record.json"), "{");
  const model = await read();
  expect(model).toMatchObject({ status: "loading", problems: [expect.stringContaining("record of the run")] });
  expect(model.stages.map(({ state }) => state.status)).toEqual(["queued", "queued", "queued", "queued"]);
  expect(model.startedAtMs).toBe(Date.parse("2026-01-02T03:04:07.000Z"));
});

test("a run that the store has no plan of is not known", async () => {
  expect(await findKnownRun(home(), "nothing")).toBeUndefined();
});

test("a line of 10 MB in the log is read, and hides no other line", async () => {
  await makeReportedRun(home());
  const line = { time: "2026-01-02T03:04:06.500Z", stage: "base", attempt: 1, message: "x".repeat(10_000_000) };
  appendFileSync(path.join(layout.log(home(), "poems-1"), "base.jsonl"), `${JSON.stringify(line)}\n`);
  const model = await read();
  expect(model.stages[2]!.events.attempts).toHaveLength(2);
  expect(JSON.stringify(model).length).toBeLessThan(100_000);
});
