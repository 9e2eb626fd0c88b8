import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { readDatasetFacts, readPreferences } from "../../../formats/dataset.js";
import { readPairs, type ChoiceRow } from "../../../formats/pairs.js";
import { openModel } from "../../../activities/models/model.js";
import { openRewardModel } from "../../../activities/models/reward-model.js";
import { openRewardJudge } from "../../../activities/scoring/reward-judge.js";
import { encodePrompts } from "../../../lm/text/chat.js";
import { RewardScorer } from "../../../lm/train/reward-trainer.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { ChoiceRequest, Choices } from "../../../schemas/choices.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import { isSwapped } from "../../../activities/preferences/write.js";
import type { TestContext } from "../../support/stage-context.js";
import { put } from "../../support/datasets.js";
import { everyMetric, makeData, runStage, stageContext, tinyPretraining } from "./support.js";
import { loadTensorFlow } from "../support.js";
/**
 * Without XLA: these programs are small and many, and compiling them would take longer than running
 * them.
 */
beforeAll(loadTensorFlow);

type Settings = Partial<StageWith<"collect-preferences">>;
let context: TestContext;
let model: ArtifactRef<"model">;
let prompts: ArtifactRef<"dataset">[];
let tokens: ArtifactRef<"tokens">;
let sentencesOnly: ArtifactRef<"dataset">;

const words = ["pawl", "wheel", "ratchet", "tooth", "spring", "gear", "lever", "shaft"];
beforeAll(async () => {
  context = stageContext();
  const data = await makeData(context);
  sentencesOnly = data.text;
  tokens = data.tokens;
  model = (await runStage("pretrain", { tokens: data.tokens, ...tinyPretraining, steps: 40 }, context)).outputs.model;
  await context.checkpoints.clear();
  const rows = words.map((word) => ({ instruction: `the ${word}`, response: word, task: "word" }));
  prompts = [await dataset("prompts.jsonl", [...rows, { instruction: "long ".repeat(60), response: "x" }])];
});
afterEach(async () => {
  delete context.given;
  await context.checkpoints.clear();
});
afterAll(() => context.remove());

async function dataset(name: string, rows: object[]): Promise<ArtifactRef<"dataset">> {
  put(context, name, rows.map((row) => JSON.stringify(row) + "\n").join(""));
  return (await runStage("dataset", { source: { file: name } }, context)).outputs.train;
}

const collect = (changes: Settings = {}, where = context) =>
  runStage("collect-preferences", { model, prompts, maxNewTokens: 12, ...changes }, where);
async function ask(changes: Settings = {}, where = context): Promise<ChoiceRequest> {
  const outcome = await collect(changes, where);
  if (!("request" in outcome)) throw new Error("it should ask");
  return outcome.request;
}
async function result(changes: Settings = {}) {
  const outcome = await collect(changes);
  if (!("outputs" in outcome)) throw new Error("it should not ask");
  return outcome;
}
async function answered(asked: ChoiceRequest, choices: Choices, changes: Settings = {}) {
  context.given = { pairs: asked.pairs, choices };
  return result(changes);
}
const pairsOf = async (asked: ChoiceRequest) => readPairs(await context.openArtifact(asked.pairs));
async function rowsOf(ref: ArtifactRef<"dataset">) {
  const rows = [];
  for await (const row of readPreferences(await context.openArtifact(ref))) rows.push(row);
  return rows;
}
async function choicesOf(ref: ArtifactRef<"choices">) {
  const directory = await context.openArtifact(ref);
  const lines = readFileSync(path.join(directory, "choices.jsonl"), "utf8").trim().split("\n");
  const facts = JSON.parse(readFileSync(path.join(directory, "choices.json"), "utf8")) as { by: string };
  return { rows: lines.map((line) => JSON.parse(line) as ChoiceRow), facts };
}

describe("a person chooses", () => {
  test("first two different responses to each prompt are written, and the question is asked", async () => {
    const asked = await ask({ count: 5, deadline: "2d" });
    expect(asked).toMatchObject({ items: 8, target: 5, deadlineMs: 172_800_000 });
    const { pairs, ...facts } = await pairsOf(asked);
    expect(facts).toEqual({ prompts: 8, tooLong: 1, identical: 0, blank: 0 });
    expect(pairs.map(({ prompt }) => prompt)).toEqual(words.map((word) => `the ${word}`));
    for (const { first, second } of pairs) {
      expect(first.trim()).not.toBe("");
      expect(second.trim()).not.toBe("");
      expect(first.trim()).not.toBe(second.trim());
    }
    expect(await ask()).toMatchObject({ items: 8, target: 8, pairs: asked.pairs });
    expect(await ask({ count: 100 })).toMatchObject({ target: 8 });
  });

  test("then the choices become preferences, by who chose", async () => {
    const asked = await ask();
    const { pairs } = await pairsOf(asked);
    const choices: Choices = { 1: "first", 2: "second", 3: "tie", 4: "bothBad", 6: "first", 7: "first" };
    const { outputs, metrics } = await answered(asked, choices);
    const preferred = (i: number, way: "first" | "second") => ({
      prompt: pairs[i]!.prompt,
      chosen: pairs[i]![way],
      rejected: pairs[i]![way === "first" ? "second" : "first"],
      shownFirst: way === "first" ? "chosen" : "rejected",
    });
    expect(await rowsOf(outputs.train)).toEqual([
      preferred(0, "first"),
      preferred(1, "second"),
      preferred(5, "first"),
      preferred(6, "first"),
    ]);
    expect(metrics).toEqual({
      pairs: 8,
      chosen: 4,
      ties: 1,
      bothBad: 1,
      unanswered: 2,
      firstPlace: 0.75,
      trainRows: 4,
      heldOutRows: 0,
      tooLong: 1,
      identical: 0,
      blank: 0,
    });
    const { rows, facts } = await choicesOf(outputs.choices);
    expect(rows.map(({ choice }) => choice)).toEqual([
      "first",
      "second",
      "tie",
      "bothBad",
      null,
      "first",
      "first",
      null,
    ]);
    expect(facts).toEqual({ by: "person", metrics });
    expect((await readDatasetFacts(await context.openArtifact(outputs.train))).source).toMatch(/chosen by person$/);
  });

  test("held-out preferences are those of a share of the prompts", async () => {
    const asked = await ask();
    const all = Object.fromEntries(words.map((_, i) => [i + 1, "first"])) as Choices;
    const { outputs, metrics } = await answered(asked, all, { heldOut: 0.5 });
    expect(metrics["trainRows"]! + metrics["heldOutRows"]!).toBe(8);
    expect(await rowsOf(outputs.heldOut)).toHaveLength(metrics["heldOutRows"]!);
    expect(metrics["heldOutRows"]).toBeGreaterThan(0);
  });

  test("pairs that have gone from the store are written again, from the checkpoint or anew", async () => {
    const asked = await ask();
    const choices: Choices = { 2: "second" };
    const first = await answered(asked, choices);
    rmSync(await context.openArtifact(asked.pairs), { recursive: true, force: true });
    expect(await answered(asked, choices)).toEqual(first);
    await context.checkpoints.clear();
    rmSync(await context.openArtifact(asked.pairs), { recursive: true, force: true });
    expect(await answered(asked, choices)).toEqual(first);
    const other = { ...asked, pairs: { ...asked.pairs, digest: "0".repeat(64) } };
    await expect(answered(other, choices)).rejects.toMatchObject({ code: "ARTIFACT_MISSING" });
  });

  test("stopped in between, the writing continues to the same pairs; other batches change nothing", async () => {
    const whole = await ask();
    await context.checkpoints.clear();
    // Four batches of two responses are written in one go.
    const stopped = stageContext(1, context.workingDirectory);
    stopped.onProgress = ({ done }) => done >= 4 && stopped.abort(new Error("told to stop"));
    await expect(collect({ batchSize: 2 }, stopped)).rejects.toThrow("told to stop");
    expect((await context.checkpoints.latest())?.step).toBe(4);
    expect(await ask({ batchSize: 2 })).toEqual(whole);
    await context.checkpoints.clear();
    expect(await ask({ batchSize: 3 })).toEqual(whole);
  });

  test("another seed shows others", async () => {
    const { pairs } = await pairsOf(await ask());
    await context.checkpoints.clear();
    const other = await pairsOf(await ask({}, stageContext(2, context.workingDirectory)));
    expect(other.pairs.map(({ first }) => first)).not.toEqual(pairs.map(({ first }) => first));
  });

  test("about half of the pairs are shown in the order in which they were written", () => {
    const swapped = Array.from({ length: 1000 }, (_, i) => isSwapped(1, i)).filter(Boolean).length;
    // Four standard deviations.
    expect(Math.abs(swapped - 500)).toBeLessThan(4 * Math.sqrt(250));
  });
});

describe("a judge chooses", () => {
  async function fit(from: ArtifactRef<"model">, data: ArtifactRef<"dataset">, epochs = 1) {
    const fitting = { epochs, batchSize: 1, learningRate: 3e-3 };
    const { outputs } = await runStage("reward-model", { model: from, data: [data], ...fitting }, context);
    await context.checkpoints.clear();
    return outputs.rewardModel;
  }
  test("and a reward model of its preferences reports what length, and the place in which a response was shown, explain", async () => {
    const { outputs } = await result({ judge: { kind: "length", prefer: "less" } });
    await context.checkpoints.clear();
    const data = { data: [outputs.train], heldOut: [outputs.train] };
    const { metrics } = await runStage("reward-model", { model, ...data, epochs: 1, batchSize: 1 }, context);
    await context.checkpoints.clear();
    expect(metrics["lengthAccuracy"]).toBe(1);
    // The better of two opposite rules, on the pairs that it was chosen by.
    expect(metrics["positionAccuracy"]).toBeGreaterThanOrEqual(0.5);
  });
  test("and its preferences are about what their prompts were about", async () => {
    const rows = words.map((word) => ({ instruction: `the ${word}`, response: word, entity: word }));
    const asked = [await dataset("entities.jsonl", rows)];
    const { outputs } = await result({ judge: { kind: "length", prefer: "less" }, prompts: asked });
    const preferred = (await rowsOf(outputs.train)) as { prompt: string; entity: string }[];
    expect(preferred.length).toBeGreaterThan(0);
    expect(preferred.map(({ entity }) => `the ${entity}`)).toEqual(preferred.map(({ prompt }) => prompt));
  });
  async function judged(judge: NonNullable<Settings["judge"]>) {
    const { outputs } = await result({ judge });
    await context.checkpoints.clear();
    return choicesOf(outputs.choices);
  }
  test.each([
    ["more", "judge: length", (a: string, b: string) => a.length > b.length],
    ["less", "judge: length, less is better", (a: string, b: string) => a.length < b.length],
  ] as const)("by length, %s is preferred; equal ones are ties", async (prefer, by, better) => {
    const { outputs, metrics } = await result({ judge: { kind: "length", prefer } });
    const rows = await rowsOf(outputs.train);
    expect(rows).toHaveLength(metrics["chosen"]!);
    for (const { chosen, rejected } of rows) expect(better(chosen, rejected)).toBe(true);
    const { rows: judged, facts } = await choicesOf(outputs.choices);
    for (const { choice, scores } of judged) expect(choice === "tie").toBe(scores![0] === scores![1]);
    expect(metrics).toMatchObject({ pairs: 8, unanswered: 0, bothBad: 0, judgeErrors: 0 });
    expect(metrics["chosen"]! + metrics["ties"]!).toBe(8);
    expect(facts.by).toBe(by);
    expect((await readDatasetFacts(await context.openArtifact(outputs.train))).source).toContain(`chosen by ${by}`);
  });

  test("by a regular expression; by the row's reference", async () => {
    const regex = await result({ judge: { kind: "regex", prefer: "more", pattern: "e" } });
    for (const { chosen, rejected } of await rowsOf(regex.outputs.train))
      expect(chosen.split("e").length).toBeGreaterThan(rejected.split("e").length);
    await context.checkpoints.clear();
    // No response is the word alone: all are ties.
    await expect(result({ judge: { kind: "exact", prefer: "more" } })).rejects.toMatchObject({
      code: "DATA_EMPTY",
      facts: { got: "chosen 0, heldOutRows 0, ties 8, bothBad 0, unanswered 0" },
    });
  });

  test("by a user's module, whose failures are counted", async () => {
    put(
      context,
      "modules/judge.mjs",
      'export default ({ prompt, response }) => { if (prompt === "the pawl") throw new Error("no"); return response.length; };',
    );
    const { metrics, outputs } = await result({ judge: { kind: "module", prefer: "more", path: "modules/judge.mjs" } });
    // Nobody chooses.
    const { people: _people, agreement: _agreement, kappa: _kappa, ...ofJudges } = everyMetric("collect-preferences");
    expect(metrics).toEqual(ofJudges);
    expect(metrics["judgeErrors"]).toBe(2);
    expect((await choicesOf(outputs.choices)).rows[0]).toMatchObject({ choice: "tie", scores: [0, 0] });
    expect((await choicesOf(outputs.choices)).facts.by).toBe("judge: module");
  });

  test("by a module that fails on every response: an error, not ties", async () => {
    put(context, "modules/lost.mjs", 'export default () => { throw new Error("it is in no table"); };');
    await expect(result({ judge: { kind: "module", prefer: "more", path: "modules/lost.mjs" } })).rejects.toMatchObject(
      {
        code: "MODULE_INVALID",
        facts: {
          where: "with.judge.path (modules/lost.mjs)",
          got: expect.stringMatching(/16 failures; .*in no table/),
        },
      },
    );
  });

  test("by a module that fails where it would have to choose: the error names the failures", async () => {
    const module = 'let asked = 0; export default () => { if (asked++ > 0) throw new Error("no"); return 0; };';
    put(context, "modules/once.mjs", module);
    await expect(result({ judge: { kind: "module", prefer: "more", path: "modules/once.mjs" } })).rejects.toMatchObject(
      {
        code: "DATA_EMPTY",
        facts: {
          got: expect.stringContaining("ties 8, bothBad 0, unanswered 0, judgeErrors 15"),
          next: expect.stringContaining("pawl logs"),
        },
      },
    );
  });

  test("by a reward model, fitted to what another judge chose", async () => {
    const { outputs } = await result({ judge: { kind: "length", prefer: "more" } });
    await context.checkpoints.clear();
    const judge = { kind: "rewardModel", rewardModel: await fit(model, outputs.train, 20) } as const;
    const [more, less] = [await judged({ ...judge, prefer: "more" }), await judged({ ...judge, prefer: "less" })];
    expect(more.facts.by).toBe(`judge: reward model ${judge.rewardModel.digest.slice(0, 12)}`);
    const opposite = { first: "second", second: "first", tie: "tie", bothBad: "bothBad" } as const;
    expect(less.rows.map(({ choice }) => choice)).toEqual(more.rows.map(({ choice }) => opposite[choice!]));
    expect(more.rows.some(({ choice }) => choice !== "tie")).toBe(true);
    // It has learned its lesson: the longer one.
    const longer = more.rows.filter(
      ({ first, second, scores: [a, b] = [0, 0] }) => a > b === first.length > second.length,
    );
    expect(longer.length).toBeGreaterThan(4);
  });

  test("responses beyond the reward model's context are scored by their beginning, and counted", async () => {
    const architecture = { ...tinyPretraining.architecture, contextLength: 34 };
    const small = await runStage("pretrain", { tokens, ...tinyPretraining, architecture, steps: 1 }, context);
    await context.checkpoints.clear();
    const pairs = await dataset("pairs.jsonl", [{ prompt: "a", chosen: "b", rejected: "c" }]);
    const rewardModel = await fit(small.outputs.model, pairs);
    const { metrics } = await result({ judge: { kind: "rewardModel", prefer: "more", rewardModel } });
    expect(metrics["judgeTooLong"]).toBe(16);

    // The beginning is read with the end that it lacks.
    const judge = await openRewardJudge(rewardModel, context);
    const response = "wheel ".repeat(40);
    const [score] = await judge.score([{ prompt: "a", response }]);
    await judge.close();
    const { tokenizer } = await openModel(small.outputs.model, context);
    const opened = await openRewardModel(rewardModel, context);
    const prompt = (await encodePrompts(tokenizer, ["a"]))[0]!;
    const words = (await tokenizer.encode(response)).slice(0, 34 - prompt.length - 1);
    const shape = { rows: 1, prompt: prompt.length, response: words.length + 1 };
    const scorer = new RewardScorer(opened.architecture, shape, opened.weights, tokenizer.special.messageEnd);
    expect(score).toBeCloseTo(scorer.score([{ prompt, response: words, ended: false }])[0]!, 4);
    scorer.dispose();
  });

  test("a prompt beyond its context makes a tie, whatever batch it is in; the stage fails only if all are", async () => {
    const architecture = { ...tinyPretraining.architecture, contextLength: 36 };
    const small = await runStage("pretrain", { tokens, ...tinyPretraining, architecture, steps: 1 }, context);
    await context.checkpoints.clear();
    const rewardModel = await fit(
      small.outputs.model,
      await dataset("pairs.jsonl", [{ prompt: "a", chosen: "b", rejected: "c" }]),
    );
    const long = { instruction: `the pawl${" wheel".repeat(18)}`, response: "x" };
    const judge = { kind: "rewardModel", prefer: "more", rewardModel } as const;
    const prompts = [await dataset("mixed.jsonl", [long, { instruction: "the pawl", response: "x" }])];
    const few = { judge, batchSize: 1, maxNewTokens: 4 };
    const { metrics, outputs } = await result({ ...few, prompts });
    expect(metrics).toMatchObject({ pairs: 2, ties: 1, judgeTooLong: 2 });
    expect((await choicesOf(outputs.choices)).rows[0]).toMatchObject({ choice: "tie", scores: [0, 0] });
    await context.checkpoints.clear();
    const onlyLong = [await dataset("long-only.jsonl", [long, long])];
    await expect(result({ ...few, prompts: onlyLong })).rejects.toMatchObject({
      code: "CONTEXT_EXCEEDED",
      facts: { where: "with.judge.rewardModel", got: "the shortest has 37" },
    });
  });

  test("count: no more pairs are written than are judged", async () => {
    const { metrics } = await result({ judge: { kind: "length", prefer: "more" }, count: 3, batchSize: 2 });
    expect(metrics).toMatchObject({ pairs: 3, unanswered: 0 });
  });
});

describe("bad input", () => {
  test.each([
    ["all prompts too long", async () => ({ prompts: [await tooLong()] }), "CONTEXT_EXCEEDED", "with.prompts"],
    ["text instead of instructions", async () => ({ prompts: [sentencesOnly] }), "DATA_INVALID", expect.anything()],
    ["responses that never differ", async () => ({ temperature: 1e-6 }), "DATA_EMPTY", "with.prompts"],
  ])("%s", async (_, settings, code, where) => {
    await expect(collect(await settings())).rejects.toMatchObject({ code, facts: { where } });
  });
  const tooLong = () => dataset("long.jsonl", [{ instruction: "long ".repeat(60), response: "x" }]);

  test("nothing chosen, or nothing left to learn from, says what to do", async () => {
    const asked = await ask();
    await expect(answered(asked, {})).rejects.toMatchObject({
      code: "DATA_EMPTY",
      facts: { got: expect.stringContaining("unanswered 8"), next: expect.stringContaining("pawl resume") },
    });
    await expect(answered(asked, { 1: "first" }, { heldOut: 0.999999 })).rejects.toMatchObject({
      code: "DATA_EMPTY",
      facts: { next: expect.stringContaining("lower heldOut") },
    });
  });
});
