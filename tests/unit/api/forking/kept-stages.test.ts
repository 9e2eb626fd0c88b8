import { keptStages, type ForkedRun } from "../../../../api/forking/kept-stages.js";
import { compilePipeline } from "../../../../compiler/compile.js";
import type { JsonObject } from "../../../../platform/json.js";
import type { StageState, StageStatus } from "../../../../schemas/run.js";

const text = `name: small
inputs:
  size: { type: integer, default: 300 }
stages:
  data: { uses: dataset, with: { source: { text: "one two" } } }
  tok:
    uses: tokenize
    with: { train: ["\${{ stages.data.outputs.train }}"], vocabularySize: "\${{ inputs.size }}" }
  named: { uses: dataset, with: { source: { text: "\${{ run.id }}" } } }
  other: { uses: dataset, if: "stages.tok.metrics.vocabularySize > 1", with: { source: { text: three } } }
`;
const plan = async (definition = text, inputs: JsonObject = {}, seed = 1) =>
  (await compilePipeline({ text: definition, inputs, seed })).plan;

async function run(statuses: Partial<Record<string, StageStatus>> = {}): Promise<ForkedRun> {
  const before = await plan();
  const stages = before.stages.map(({ id, uses }): StageState => ({
    ...{ id, uses, status: statuses[id] ?? "succeeded", attempts: 2, key: `key of ${id}` },
    ...{ outputs: {}, metrics: { rows: 1 } },
  }));
  return { runId: "small-1", plan: before, text, stages };
}
const kept = async (after: Awaited<ReturnType<typeof plan>>, from?: string, before = run()) =>
  Object.keys(keptStages(await before, after, from)).sort();

test("finished stages are kept, but for one that depends on the run's id", async () => {
  expect(await kept(await plan())).toEqual(["data", "other", "tok"]);
  expect(keptStages(await run(), await plan())["data"]).toEqual({
    ...{ id: "data", uses: "dataset", status: "cached", attempts: 0, key: "key of data", outputs: {} },
    ...{ metrics: { rows: 1 }, reason: "taken over from small-1" },
  });
});

test.each<[string, string, string, string[]]>([
  ["a setting", "one two", "one", []],
  ["a setting of a later stage", "three", "four", ["data", "tok"]],
  ["a condition", "> 1", "> 2", ["data", "tok"]],
  [
    "how a stage is retried",
    "name: small",
    "name: small\ndefaults: { retry: { maxAttempts: 9 } }",
    ["data", "other", "tok"],
  ],
  ["a default of an input", "default: 300", "default: 301", ["data"]],
  [
    "a new stage",
    "  named:",
    "  extra: { uses: dataset, with: { source: { text: x } } }\n  named:",
    ["data", "other", "tok"],
  ],
])("an edit of %s reaches the stages that depend on it", async (_what, before, after, stages) => {
  expect(await kept(await plan(text.replace(before, after)))).toEqual(stages);
});

describe("a list that only the run knows", () => {
  const listed = `name: small
stages:
  list: { uses: dataset, with: { source: { text: one } } }
  each:
    uses: dataset
    foreach: "\${{ stages.list.outputs.train }}"
    with: { source: { text: "\${{ item.text }}" } }
  after: { uses: dataset, needs: each, with: { source: { text: three } } }
`;
  const forked = async (text: string, ...statuses: StageStatus[]): Promise<Record<string, string>> => {
    const item = (index: number, status: StageStatus): StageState => ({
      ...{ id: `each.${index + 1}`, uses: "dataset", status, combination: { item: { text: `${index}` }, index } },
      ...{ attempts: 1, outputs: {}, metrics: {} },
    });
    const plain = (id: string): StageState => ({
      ...{ id, uses: "dataset", status: "succeeded", attempts: 1, outputs: {}, metrics: {} },
    });
    const stages = [plain("list"), ...statuses.map((status, i) => item(i, status)), plain("after")];
    const run = { runId: "small-1", plan: await plan(listed), text: listed, stages };
    return Object.fromEntries(
      Object.values(keptStages(run, await plan(text))).map(({ id, status, combination }) => [
        id,
        combination === undefined ? status : `${status} ${JSON.stringify(combination)}`,
      ]),
    );
  };

  test("is kept with all its items, also those that have not finished", async () => {
    expect(await forked(listed, "succeeded", "failed")).toEqual({
      list: "cached",
      "each.1": 'cached {"item":{"text":"0"},"index":0}',
      "each.2": 'queued {"item":{"text":"1"},"index":1}',
    });
  });

  test.each([
    ["the list", "source: { text: one }", "source: { text: two }", {}],
    ["how its items are made", "outputs.train }}", "outputs.heldOut }}", { list: "cached" }],
    ["its settings", "item.text }}", "item.text }} again", { list: "cached" }],
  ])("is found again after an edit of %s", async (_what, before, after, stages) => {
    expect(await forked(listed.replace(before, after), "succeeded", "succeeded")).toEqual(stages);
  });
});

test("so do an input, the seed, and the stage to begin with", async () => {
  expect(await kept(await plan(text, { size: 400 }))).toEqual(["data"]);
  expect(await kept(await plan(text, {}, 2))).toEqual([]);
  expect(await kept(await plan(), "tok")).toEqual(["data"]);
});

test("a stage that has not finished runs, and those that need it", async () => {
  expect(await kept(await plan(), undefined, run({ tok: "running" }))).toEqual(["data"]);
  expect(await kept(await plan(), undefined, run({ tok: "skipped", data: "cached" }))).toEqual(["data"]);
});
