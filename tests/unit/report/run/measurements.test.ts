import { measurementsOf, runMeasurements } from "../../../../report/run/measurements.js";
import type { StageState } from "../../../../schemas/run.js";
import { measurementLine } from "../../../../report/run-page/measurements.js";

const stage = (id: string, metrics: Record<string, number>): StageState => ({
  ...{ id, uses: "evaluate", status: "succeeded", attempts: 1, outputs: {}, metrics },
});
const noTraining = new Set<string>();

test("bounds and errors stand with their metric, shares in percent", () => {
  const metrics = { accuracy: 0.5, accuracyLow: 0.4, accuracyHigh: 0.6, kl: 1.25, klError: 0.125 };
  expect(measurementsOf({ uses: "evaluate", metrics }).map(measurementLine)).toEqual([
    "50.0 % (40.0–60.0)",
    "1.25 nats/response (± 0.125)",
  ]);
});

test("a metric that was not finite is null in a record, and is shown as such", () => {
  expect(measurementsOf({ uses: "evaluate", metrics: { kl: null as never } }).map(measurementLine)).toEqual(
    ["not finite nats/response"].map(() => "not finite"),
  );
});

test("the outputs of the pipeline come first, with the interval of the metric that they are", () => {
  const stages = [stage("judged", { accuracy: 0.51, accuracyLow: 0.4, accuracyHigh: 0.6 })];
  const { first, others } = runMeasurements({ size: 3, right: 0.51, name: "x" }, stages, noTraining);
  expect(first).toMatchObject([
    { name: "right", value: 0.51, low: 0.4, high: 0.6, unit: "share" },
    { name: "size", value: 3 },
  ]);
  expect(others).toEqual([]);
});

test("without outputs, the last metrics with an interval; without these, the first metric of stages that trained", () => {
  const judged = [
    stage("one", { accuracy: 0.5, accuracyLow: 0.4, accuracyHigh: 0.6 }),
    stage("two", { bitsPerByte: 2 }),
  ];
  expect(runMeasurements({}, judged, noTraining).first).toMatchObject([{ name: "one accuracy" }]);
  expect(runMeasurements({}, judged.slice(1), new Set(["two"])).first).toMatchObject([
    { name: "two bitsPerByte", value: 2 },
  ]);
  expect(runMeasurements({}, judged.slice(1), noTraining).first).toEqual([]);
});
