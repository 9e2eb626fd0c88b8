import { rmSync, writeFileSync } from "node:fs";
import { measureContamination } from "../../../activities/evaluate/contamination.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { JsonObject } from "../../../platform/json.js";
import type { StageType } from "../../../schemas/stages/index.js";
import { layout } from "../../../store/home.js";
import { recordResult, stageKey } from "../../../store/records/results.js";
import { putDataset, fillSettings } from "../../support/datasets.js";
import { testContext, type TestContext } from "../../support/stage-context.js";

let context: TestContext;
let results: string[];
beforeEach(() => {
  context = testContext();
  results = [];
});
afterEach(() => context.remove());

const text = (...texts: string[]) =>
  putDataset(
    context,
    texts.map((one) => ({ text: one })),
  );
const questions = (...rows: [instruction: string, response: string][]) =>
  putDataset(
    context,
    rows.map(([instruction, response]) => ({ instruction, response })),
  );
const preferences = (...rows: [string, string, string][]) =>
  putDataset(
    context,
    rows.map(([prompt, chosen, rejected]) => ({ prompt, chosen, rejected })),
  );

/** A result as a worker would have recorded it; of the model only the digest matters. */
async function record(uses: StageType, settings: object, outputs: Record<string, ArtifactRef>): Promise<void> {
  const identity = { uses, version: 1, with: settings as JsonObject, seed: 1, compute: null, source: null };
  const now = new Date().toISOString();
  const lineage = { runId: "run", stage: "stage", startedAt: now, endedAt: now, machine: "m" };
  const key = stageKey(identity);
  await recordResult(context.home, { ...identity, key, outputs, metrics: {}, lineage });
  results.push(layout.result(context.home, key));
}

let count = 0;
const artifact = <K extends "model" | "tokens" | "reward-model">(kind: K): ArtifactRef<K> => ({
  artifact: kind,
  digest: String(++count).padStart(64, "0"),
});

/** A model that has learned from the text, then from the questions, then from the preferences. */
async function trained(data: { text?: ArtifactRef; questions?: ArtifactRef; preferences?: ArtifactRef }) {
  const tokens = artifact("tokens");
  let model = artifact("model");
  await record("tokenize", { train: [data.text ?? (await text("nothing"))] }, { tokens });
  await record("pretrain", { tokens }, { model });
  if (data.questions) {
    const chat = artifact("model");
    await record("sft", { model, data: [data.questions] }, { model: chat });
    model = chat;
  }
  if (data.preferences) {
    const [rewardModel, preferred] = [artifact("reward-model"), artifact("model")];
    await record("reward-model", { model, data: [data.preferences] }, { rewardModel });
    await record("ppo", { model, rewardModel, prompts: [await questions(["hello", "-"])] }, { model: preferred });
    model = preferred;
  }
  return model;
}

const measure = (settings: object) => measureContamination(fillSettings("evaluate", settings), context);
const sentence = (n: number): string => Array.from({ length: 14 }, (_, i) => `word${n}x${i}`).join(" ");

test("rows and 13-grams that stand in any training data are counted by source", async () => {
  const model = await trained({
    text: await text(`Before. ${sentence(1)} After.`, sentence(2).split(" ").slice(0, 13).join(" ")),
    questions: await questions(["What is 2 + 3?", "5"]),
    preferences: await preferences(["Write about rain", "It rains", "No, it snows"]),
  });
  const settings = {
    model,
    text: [await text(sentence(1).toUpperCase(), sentence(2), sentence(3), "...")],
    questions: [
      await questions(["What is 2+3?", "5."], ["What is 2 + 4?", "6"]),
      await questions(["Write about rain", "No it snows"]),
    ],
    comparisons: [await preferences(["Write about rain!", "a", "b"], ["Write about wind", "It rains", "b"])],
  };
  const found = await measure(settings);
  const [ofText, ofSums, ofRain, ofPrompts] = [settings.text[0]!, ...settings.questions, settings.comparisons[0]!];
  expect(found).toMatchObject({
    sources: [
      {
        where: "with.text[0]",
        data: ofText.digest,
        rows: 3,
        contaminatedRows: 1,
        grams: 6,
        contaminatedGrams: 3,
        wordlessRows: 1,
      },
      {
        where: "with.questions[0]",
        data: ofSums.digest,
        rows: 2,
        contaminatedRows: 1,
        grams: 2,
        contaminatedGrams: 1,
      },
      {
        where: "with.questions[1]",
        data: ofRain!.digest,
        rows: 1,
        contaminatedRows: 1,
        grams: 1,
        contaminatedGrams: 1,
      },
      {
        where: "with.comparisons[0]",
        data: ofPrompts!.digest,
        rows: 2,
        contaminatedRows: 1,
        grams: 2,
        contaminatedGrams: 1,
      },
    ],
    contaminatedRows: 4 / 8,
    contaminatedGrams: 6 / 11,
  });
  expect(found).toMatchObject({ trainingData: { length: 4 } });
});

test("only rows that are measured on count: `limit` leaves out the others", async () => {
  const model = await trained({ questions: await questions(["a", "b"]) });
  const asked = [await questions(["c", "d"]), await questions(["e", "f"], ["a", "b"])];
  expect(await measure({ model, questions: asked, limit: 2 })).toMatchObject({ contaminatedRows: 0 });
  expect(await measure({ model, questions: asked, limit: 3 })).toMatchObject({ contaminatedRows: 1 / 3 });
});

test("above a limit there is a warning, in the log and in the result, with the numbers", async () => {
  const model = await trained({ questions: await questions(["a", "b"]) });
  const asked = { model, questions: [await questions(["a", "b"], ["c", "d"])] };
  const warning = "the model's training data contain 1 of 2 rows, and 1 of 2 13-grams of with.questions[0]";
  expect(await measure(asked)).toMatchObject({ warnings: [warning] });
  expect(context.logged).toEqual([expect.stringContaining(`warning: ${warning}`)]);
  const limits = (rows: number, grams: number) => ({ ...asked, contaminationLimits: { rows, grams } });
  expect(await measure(limits(0.5, 0.5))).toMatchObject({ warnings: [] });
  expect(await measure(limits(0.4, 0.5))).toMatchObject({ warnings: [warning] });
  expect(await measure(limits(0.5, 0.4))).toMatchObject({ warnings: [warning] });
});

test("of a clean set there is none", async () => {
  const model = await trained({ text: await text(sentence(1)) });
  const found = await measure({ model, text: [await text(sentence(2))] });
  expect(found).toMatchObject({ contaminatedRows: 0, contaminatedGrams: 0, warnings: [] });
});

test("where the lineage cannot be followed it is unknown, not nothing", async () => {
  const model = await trained({ text: await text("x"), questions: await questions(["a", "b"]) });
  const asked = { model, questions: [await questions(["c", "d"])] };
  rmSync(results[1]!);
  const reasons = [expect.stringMatching(/^no result in the store records what model 0+\d+ was made from$/)];
  expect(await measure(asked)).toEqual({ trainingData: "unknown", reasons });
  expect(context.logged).toEqual([expect.stringContaining("contamination: unknown")]);
  // A damaged record is no better than none.
  writeFileSync(results[2]!, "{}");
  expect(await measure(asked)).toMatchObject({ trainingData: "unknown" });
  expect(context.logged[1]).toContain("was damaged");
});

test("nothing is held out: nothing is measured", async () => {
  expect(await measure({ model: artifact("model"), prompts: ["hello"] })).toBeUndefined();
});

test("shows how far it is, and stops when told to", async () => {
  const model = await trained({
    text: await text(...Array.from({ length: 300 }, (_, i) => `${sentence(i)} `.repeat(40))),
  });
  const asked = { model, text: [await text(sentence(1))] };
  await measure(asked);
  const searched = context.reported.filter(({ phase }) => phase === "search training data");
  expect(searched.length).toBeGreaterThan(2);
  expect(searched.at(-1)!.done).toBeLessThanOrEqual(searched.at(-1)!.total);
  context.onProgress = () => context.abort(new Error("told to stop"));
  await expect(measure(asked)).rejects.toThrow("told to stop");
});
