import { readMeasurements, runMeasurements } from "../../../../report/run/measurements.js";
import type { StageState } from "../../../../schemas/run.js";
import { measurementLine } from "../../../../report/run/measurement-text.js";

const stage = (id: string, metrics: Record<string, number>): StageState => ({
  ...{ id, uses: "evaluate", status: "succeeded", attempts: 1, outputs: {}, metrics },
});
const noTraining = new Set<string>();

test("bounds and errors stand with their metric, shares in percent", () => {
  const metrics = { accuracy: 0.5, accuracyLow: 0.4, accuracyHigh: 0.6, kl: 1.25, klError: 0.125 };
  expect(readMeasurements({ uses: "evaluate", metrics }).map(measurementLine)).toEqual([
    "50.0 % (40.0–60.0)",
    "1.25 nats/response (± 0.125)",
  ]);
});

test("a metric that was not finite is null in a record, and is shown as such", () => {
  expect(readMeasurements({ uses: "evaluate", metrics: { kl: null as never } }).map(measurementLine)).toEqual(
    ["not finite nats/response"].map(() => "not finite"),
  );
});

test("the outputs of the pipeline come first, with the interval of the metric that they refer to", () => {
  const stages = [stage("judged", { accuracy: 0.51, accuracyLow: 0.4, accuracyHigh: 0.6 })];
  const declared = { size: "${{ 1 + 2 }}", right: "${{ stages.judged.metrics.accuracy }}", name: "x" };
  const { first, others } = runMeasurements({ size: 3, right: 0.51, name: "x" }, declared, stages, noTraining);
  expect(first).toMatchObject([
    { name: "right", value: 0.51, low: 0.4, high: 0.6, unit: "share" },
    { name: "size", value: 3 },
  ]);
  expect(others).toEqual([]);
});

test("an output has nothing of another metric that happens to have the same value", () => {
  const stages = [
    stage("judged", { accuracy: 1, accuracyLow: 0.9, accuracyHigh: 1 }),
    stage("after", { accuracy: 1, accuracyLow: 0.99, accuracyHigh: 1 }),
  ];
  const declared = {
    epochs: "${{ inputs.epochs }}",
    after: "${{ stages.after.metrics.accuracy }}",
    half: "${{ stages.judged.metrics.accuracy / 2 }}",
  };
  const { first } = runMeasurements({ epochs: 1, after: 1, half: 1 }, declared, stages, noTraining);
  expect(first).toMatchObject([{ name: "after", low: 0.99, unit: "share" }, {}, {}]);
  expect(first.slice(1)).toEqual([
    { name: "epochs", value: 1 },
    { name: "half", value: 1 },
  ]);
});

test("without outputs, the last metrics with an interval; without these, the first metric of stages that trained", () => {
  const judged = [
    stage("one", { accuracy: 0.5, accuracyLow: 0.4, accuracyHigh: 0.6 }),
    stage("two", { bitsPerByte: 2 }),
  ];
  expect(runMeasurements({}, {}, judged, noTraining).first).toMatchObject([{ name: "one accuracy" }]);
  expect(runMeasurements({}, {}, judged.slice(1), new Set(["two"])).first).toMatchObject([
    { name: "two bitsPerByte", value: 2 },
  ]);
  expect(runMeasurements({}, {}, judged.slice(1), noTraining).first).toEqual([]);
});
