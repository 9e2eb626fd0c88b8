import type { JsonObject } from "../../../platform/json.js";
import { explainChange } from "../../../store/changes/reasons.js";
import type { StageIdentity } from "../../../store/records/record-types.js";

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
  libraries: { tokenizers: "1.0.0" },
};

test("nothing changed, nothing said", () => {
  expect(explainChange(before, structuredClone(before))).toEqual([]);
});

test.each<[string, Partial<StageIdentity>, string[]]>([
  ["code version", { version: 2 }, ["pretrain is now at code version 2, was 1"]],
  ["seed", { seed: 2 }, ["seed is now 2, was 1"]],
  ["source", { source: "1.1.0" }, ["its source has changed"]],
  ["compute flag", { compute: '{"device":"cpu","threads":4}' }, ["compute.threads is now 4, was 2"]],
  ["library", { libraries: { tokenizers: "1.0.1" } }, ['libraries.tokenizers is now "1.0.1", was "1.0.0"']],
  ["kind of compute", { compute: "cpu" }, ['compute is now "cpu", was {"device":"cpu","threads":2}']],
  ["stage type", { uses: "sft", version: 3 }, ["uses is now sft, was pretrain"]],
])("says which %s changed", (_, change, reasons) => {
  expect(explainChange(before, { ...before, ...change })).toEqual(reasons);
});

test("says which of several sources changed", () => {
  const from = (data: string, query: string | null) =>
    JSON.stringify([
      ["with.source.file", data],
      ["with.query.file", query],
    ]);
  const change = (was: string, is: string) => explainChange({ ...before, source: was }, { ...before, source: is });
  expect(change(from("1", "2"), from("1", null))).toEqual(["its source does not exist: with.query.file"]);
  expect(change(from("1", "2"), "[]")).toEqual(["its source has changed"]);
});

test("says which inputs and parameters changed, came and went", () => {
  const now: StageIdentity = {
    ...before,
    with: {
      tokens: { artifact: "tokens", digest: digest("b") },
      architecture: { layers: 4, hiddenSize: 64 },
      sequenceLength: 5,
      data: [{ artifact: "dataset", digest: digest("d") }, 1],
    },
  };
  expect(explainChange(before, now)).toEqual([
    "input tokens is now bbbbbbbbbbbb, was aaaaaaaaaaaa",
    "with.architecture.layers is now 4, was 2",
    "with.sequenceLength is new: 5",
    "input data[0] is now dddddddddddd, was cccccccccccc",
    "with.steps is now 1000, was 100",
  ]);
  expect(explainChange(now, before)).toContain("with.sequenceLength no longer exists, was 5");
});

describe("a field that equals its default is left out of an identity", () => {
  const at = (settings: JsonObject, version = 1): StageIdentity => ({ ...before, version, with: settings });

  test.each<[string, JsonObject, string, string]>([
    ["a field", { steps: 5 }, "with.steps is now 5, was 1000", "with.steps is now 1000, was 5"],
    [
      "a field of an object that is all as by default",
      { architecture: { layers: 8 } },
      "with.architecture.layers is now 8, was 4",
      "with.architecture.layers is now 4, was 8",
    ],
    [
      "a word",
      { schedule: "constant" },
      'with.schedule is now "constant", was "cosine"',
      'with.schedule is now "cosine", was "constant"',
    ],
  ])("%s that leaves its default, and goes back", (_, changed, there, back) => {
    expect(explainChange(at({}), at(changed))).toEqual([there]);
    expect(explainChange(at(changed), at({}))).toEqual([back]);
  });

  test("a value that has become the default since is no change", () => {
    expect(explainChange(at({ steps: 1000, architecture: { layers: 4, heads: 2 } }), at({}))).toEqual([
      "with.architecture.heads is now 4, was 2",
    ]);
  });

  test("what an older version's default was is not guessed", () => {
    const version = "pretrain is now at code version 2, was 1";
    expect(explainChange(at({}, 1), at({ steps: 5 }, 2))).toEqual([
      version,
      "with.steps is now 5, was the default of version 1",
    ]);
    expect(explainChange(at({ steps: 5 }, 1), at({}, 2))).toEqual([version, "with.steps is now 1000, was 5"]);
    expect(explainChange(at({}, 1), at({}, 2))).toEqual([version]);
  });

  test("in items of lists, too", () => {
    const verifiers = (more: JsonObject) => ({ verifiers: [{ kind: "number", ...more }] });
    const evaluation = (settings: JsonObject): StageIdentity => ({ ...at(settings), uses: "evaluate" });
    expect(explainChange(evaluation({}), evaluation(verifiers({})))).toEqual([
      'with.verifiers is now [{"kind":"number"}], was []',
    ]);
    expect(explainChange(evaluation(verifiers({})), evaluation(verifiers({ weight: 2 })))).toEqual([
      "with.verifiers[0].weight is now 2, was 1",
    ]);
  });
});
