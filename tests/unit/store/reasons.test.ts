import { explainChange, type StageIdentity } from "../../../store/index.js";

const digest = (letter: string): string => letter.repeat(64);
const before: StageIdentity = {
  uses: "pretrain",
  version: 1,
  with: {
    tokens: { artifact: "tokens", digest: digest("a") },
    architecture: { layers: 2, hiddenSize: 64 },
    steps: 100,
    data: [{ artifact: "dataset", digest: digest("c") }, 1],
  },
  seed: 1,
  compute: '{"device":"cpu","threads":2}',
  source: "1.0.0",
};

test("nothing changed, nothing said", () => {
  expect(explainChange(before, structuredClone(before))).toEqual([]);
});

test.each<[string, Partial<StageIdentity>, string[]]>([
  ["code version", { version: 2 }, ["pretrain is now at code version 2, was 1"]],
  ["seed", { seed: 2 }, ["seed is now 2, was 1"]],
  ["source", { source: "1.1.0" }, ["its source has changed"]],
  ["compute flag", { compute: '{"device":"cpu","threads":4}' }, ["compute.threads is now 4, was 2"]],
  ["kind of compute", { compute: "cpu" }, ['compute is now "cpu", was {"device":"cpu","threads":2}']],
  ["stage type", { uses: "sft", version: 3 }, ["uses is now sft, was pretrain"]],
])("says which %s changed", (_, change, reasons) => {
  expect(explainChange(before, { ...before, ...change })).toEqual(reasons);
});

test("says which inputs and parameters changed, came and went", () => {
  const now: StageIdentity = {
    ...before,
    with: {
      tokens: { artifact: "tokens", digest: digest("b") },
      architecture: { layers: 4, hiddenSize: 64 },
      warmupSteps: 5,
      data: [{ artifact: "dataset", digest: digest("d") }, 1],
    },
  };
  expect(explainChange(before, now)).toEqual([
    "input tokens is now bbbbbbbbbbbb, was aaaaaaaaaaaa",
    "with.architecture.layers is now 4, was 2",
    "with.warmupSteps is new: 5",
    "input data[0] is now dddddddddddd, was cccccccccccc",
    "with.steps is gone, was 100",
  ]);
});
