import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { againstRun } from "../../../api/comparing/against-run.js";
import { forecast } from "../../../api/forecasting/forecast.js";
import { checkWith } from "../../../compiler/inputs/check-with.js";
import { compilePipeline } from "../../../compiler/compile.js";
import { evaluateTemplate } from "../../../expressions/evaluate.js";
import type { ArtifactKind, ArtifactRef } from "../../../schemas/artifact.js";
import type { JsonObject } from "../../../platform/json.js";
import type { Plan } from "../../../schemas/plan.js";
import type { StageState } from "../../../schemas/run.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { openCheckpoints } from "../../../store/checkpoints.js";
import { layout } from "../../../store/home.js";
import { recordLatest } from "../../../store/records/latest.js";
import { recordResult, stageKey } from "../../../store/records/results.js";
import { savePlan, saveRecord } from "../../../store/records/runs.js";
import { stageIdentity } from "../../../worker/keys/identity.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();

const definition = `
name: small
inputs:
  size: { type: integer, default: 300 }
  corpus: { type: string, default: abc }
stages:
  data:
    uses: dataset
    with: { source: { text: "\${{ inputs.corpus }}" } }
  tok:
    uses: tokenize
    with: { train: ["\${{ stages.data.outputs.train }}"], vocabularySize: "\${{ inputs.size }}" }
  other:
    uses: dataset
    needs: data
    if: "\${{ inputs.size > 500 }}"
    with: { source: { text: other } }
`;

async function compiled(inputs: JsonObject = {}, text = definition, seed = 1): Promise<Plan> {
  return (await compilePipeline({ text, inputs, seed })).plan;
}

/** Leaves in the store what running these stages would leave. */
async function pretendToRun(
  plan: Plan,
  stages: string[],
  endedAt = new Date().toISOString(),
  lines: Record<string, string[]> = {},
): Promise<void> {
  const states: Record<string, Pick<StageState, "status" | "outputs" | "metrics">> = {};
  for (const stage of plan.stages.filter(({ id }) => stages.includes(id))) {
    const context = { inputs: plan.inputs, stages: states, run: { id: "", pipeline: plan.name, seed: plan.seed } };
    const settings = checkWith(stage.uses, evaluateTemplate(stage.with, context) as JsonObject);
    const place = { home: home(), gpu: false, workingDirectory: process.cwd() };
    const identity = await stageIdentity({ uses: stage.uses, with: settings, seed: plan.seed }, place);
    const kinds: Record<string, ArtifactKind> =
      stage.uses === "dataset"
        ? { train: "dataset", heldOut: "dataset" }
        : stage.uses === "export"
          ? { model: "model" }
          : { tokenizer: "tokenizer" };
    const outputs: Record<string, ArtifactRef> = {};
    for (const [name, kind] of Object.entries(kinds))
      outputs[name] = await putArtifact(home(), kind, (directory) => {
        const rows = lines[stage.id];
        if (rows) writeFileSync(path.join(directory, "data.jsonl"), rows.map((line) => `${line}\n`).join(""));
      });
    const lineage = { runId: "small-1", stage: stage.id, startedAt: endedAt, endedAt, machine: "m" };
    await recordResult(home(), { ...identity, key: stageKey(identity), outputs, metrics: {}, lineage });
    await recordLatest(home(), plan.name, stage.id, identity);
    states[stage.id] = { status: "succeeded", outputs, metrics: {} };
  }
}

async function told(plan: Plan): Promise<Record<string, string>> {
  const forecasts = await forecast(home(), plan);
  return Object.fromEntries(
    forecasts.map(({ stage, verdict, reasons }) => [stage, `${verdict}: ${reasons.join("; ")}`]),
  );
}

test("nothing has run: everything will, and a stage whose `if` is false is skipped", async () => {
  expect(await told(await compiled())).toEqual({
    data: "will run: it has not succeeded before",
    tok: "will run: data will run",
    other: "skipped: if: inputs.size > 500 is false",
  });
});

test("what has run is cached, and says which run left it", async () => {
  const plan = await compiled();
  await pretendToRun(plan, ["data", "tok"], new Date(Date.now() - 7_300_000).toISOString());
  const forecasts = await forecast(home(), plan);
  expect(forecasts.map(({ verdict }) => verdict)).toEqual(["cached", "cached", "skipped"]);
  expect(forecasts[0]!.reasons).toEqual(["result of small-1, 2 h ago"]);
});

test("says which parameter, seed or upstream stage changed", async () => {
  await pretendToRun(await compiled(), ["data", "tok"]);
  expect(await told(await compiled({ size: 400 }))).toMatchObject({
    data: expect.stringMatching(/^cached/),
    tok: "will run: with.vocabularySize is now 400, was 300",
  });
  expect(await told(await compiled({ corpus: "xyz" }))).toMatchObject({
    data: 'will run: with.source.text is now "xyz", was "abc"',
    tok: "will run: data will run",
  });
  expect(await told(await compiled({}, definition, 2))).toMatchObject({ data: "will run: seed is now 2, was 1" });
});

test("says that a stage will resume from a checkpoint", async () => {
  const plan = await compiled();
  const { key } = (await forecast(home(), plan))[0]!;
  await openCheckpoints(home(), key!, { keep: 2, onCorrupt: () => undefined }).save(12, () => undefined);
  expect(await told(plan)).toMatchObject({
    data: "will run: it has not succeeded before; it resumes from its checkpoint at step 12",
  });
});

test("says that the cache is off, too old, or empty", async () => {
  const plan = await compiled();
  await pretendToRun(plan, ["data", "tok"], new Date(Date.now() - 3_600_000).toISOString());
  const withCache = (cache: boolean | number): Plan => ({
    ...plan,
    stages: plan.stages.map((stage) => ({ ...stage, cache })),
  });
  expect(await told(withCache(false))).toMatchObject({ data: "will run: cache: false" });
  expect(await told(withCache(60_000))).toMatchObject({ data: "will run: its result is older than cache.ttl" });
  expect(await told(withCache(7_200_000))).toMatchObject({ data: expect.stringMatching(/^cached/) });
  rmSync(layout.objects(home()), { recursive: true });
  expect(await told(plan)).toMatchObject({ data: "will run: its result is no longer in the store" });
});

test("says that a stage which writes outside the store is never cached", async () => {
  const plan = await compiled();
  const settings = { model: { artifact: "model", digest: "0".repeat(64) }, to: "out" };
  const exporting: Plan = { ...plan, stages: [{ ...plan.stages[0]!, id: "out", uses: "export", with: settings }] };
  await pretendToRun(exporting, ["out"]);
  expect(await told(exporting)).toEqual({ out: "will run: it writes outside the store: every run does it again" });
});

test("an `if` that asks about a stage that will run is left open", async () => {
  const asks = definition.replace("inputs.size > 500", "stages.data.metrics.trainRows > 5");
  expect(await told(await compiled({}, asks))).toMatchObject({
    other: "will run: unless its if is false: data will run",
  });
});

test("a `with` that will be refused is reported before the run", async () => {
  const plan = await compiled();
  const broken = plan.stages.map((stage) => (stage.id === "data" ? { ...stage, with: { source: {} } } : stage));
  expect(await told({ ...plan, stages: broken })).toMatchObject({
    data: expect.stringMatching(/^fails: with\.source must have/),
    tok: expect.stringMatching(/^(skipped|fails)/),
  });
});

describe("against a run,", () => {
  const before = "2026-01-01T00:00:00.000Z";

  /** A run that has done these stages; `other` was skipped. */
  async function makeRun(plan: Plan, stages: string[]): Promise<void> {
    await pretendToRun(plan, stages, before);
    const keys = new Map((await forecast(home(), plan)).map(({ stage, key }) => [stage, key]));
    const states = plan.stages.map(({ id, uses }): StageState => {
      const key = stages.includes(id) ? keys.get(id) : undefined;
      const status = key === undefined ? "skipped" : "succeeded";
      return { id, uses, status, attempts: 1, outputs: {}, metrics: {}, ...(key !== undefined && { key }) };
    });
    await savePlan(home(), "r", plan, definition);
    const record = { runId: "r", pipeline: plan.name, status: "succeeded" as const, stages: states, outputs: {} };
    await saveRecord(home(), { ...record, startedAt: before, endedAt: before });
  }
  const toldAgainst = async (plan: Plan): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await forecast(home(), plan, {}, await againstRun(home(), "r"))).map(({ stage, verdict, reasons }) => [
        stage,
        `${verdict}: ${reasons.join("; ")}`,
      ]),
    );

  test("says which results are reused, and of the others what differs from that run", async () => {
    const plan = await compiled();
    await makeRun(plan, ["data", "tok"]);
    const reused = expect.stringMatching(/^reused: result of small-1, \d+ days ago$/);
    expect(await toldAgainst(plan)).toMatchObject({ data: reused, tok: reused });
    // The last success of the pipeline does not count, but its result can be used.
    await pretendToRun(await compiled({ size: 400 }), ["data", "tok"]);
    expect(await toldAgainst(await compiled({ size: 400 }))).toMatchObject({
      data: expect.stringMatching(/^reused/),
      tok: "cached: result of small-1, just now; with.vocabularySize is now 400, was 300",
    });
    expect(await toldAgainst(await compiled({ size: 350 }))).toMatchObject({
      tok: "will run: with.vocabularySize is now 350, was 300",
    });
    const other = { other: "will run: it has not succeeded in r: skipped" };
    expect(await toldAgainst(await compiled({ size: 600 }))).toMatchObject(other);
    const renamed = await compiled(
      {},
      definition
        .replace("  data:", "  texts:")
        .replaceAll("stages.data", "stages.texts")
        .replace("needs: data", "needs: texts"),
    );
    expect(await toldAgainst(renamed)).toMatchObject({
      texts: expect.stringMatching(/^cached: result of small-1, .*; r has no stage texts$/),
    });
  });

  test("says that the run's result no longer exists, or never did", async () => {
    const plan = await compiled();
    await makeRun(plan, ["data"]);
    expect(await toldAgainst(plan)).toMatchObject({ tok: "will run: it has not succeeded in r: skipped" });
    rmSync(layout.objects(home()), { recursive: true });
    expect(await toldAgainst(plan)).toMatchObject({ data: "will run: its result is no longer in the store" });
    rmSync(layout.results(home()), { recursive: true });
    expect(await toldAgainst(plan)).toMatchObject({ data: "will run: its result in r is no longer in the store" });
    await expect(againstRun(home(), "x")).rejects.toMatchObject({ code: "RUN_NOT_FOUND" });
  });
});

describe("foreach", () => {
  const listed = `
name: small
stages:
  list: { uses: dataset, with: { source: { text: "abc" } } }
  each:
    uses: dataset
    foreach: { items: "\${{ stages.list.outputs.train }}", maxItems: 3 }
    with: { source: { text: "\${{ item.text }}" } }
  after: { uses: tokenize, with: { train: "\${{ stages.each.outputs.train }}", vocabularySize: 300 } }
`;
  const withList = async (...lines: string[]): Promise<Plan> => {
    const plan = await compiled({}, listed);
    await pretendToRun(plan, ["list"], undefined, { list: lines });
    return plan;
  };

  test("says that the number of items is known only at run time", async () => {
    expect(await told(await compiled({}, listed))).toMatchObject({
      each: "will run: once for each item, whose number is known only at run time: list will run",
      after: "will run: each will run",
    });
  });

  test("tells about each item of a list that is in the store", async () => {
    const plan = await withList('{"text": "one"}', '{"text": "two"}');
    const each = plan.stages.find(({ id }) => id === "each")!;
    const first = { ...each, with: { source: { text: "one" } }, id: "list", needs: [] };
    await pretendToRun({ ...plan, stages: [first] }, ["list"]);
    const [, found] = await forecast(home(), plan);
    expect(found).toMatchObject({ verdict: "will run", reasons: ["2 items"] });
    expect(found!.stages!.map(({ stage, verdict, reasons }) => [stage, verdict, reasons[0]])).toEqual([
      ["each.1", "cached", 'item {"text":"one"}, index 0'],
      ["each.2", "will run", 'item {"text":"two"}, index 1'],
    ]);
  });

  test("an empty list runs nothing; a list that is too long, or no list, fails", async () => {
    expect(await told(await withList())).toMatchObject({
      each: "cached: 0 items",
      after: expect.stringMatching(/^fails: .*with\.train/),
    });
    expect(await told(await withList("1", "2", "3", "4"))).toMatchObject({
      each: "fails: foreach must have at most 3 items, got 4",
    });
    expect(await told(await withList("one"))).toMatchObject({
      each: "fails: a line of the list of foreach is not JSON",
    });
  });
});
