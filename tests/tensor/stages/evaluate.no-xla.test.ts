import { writeFileSync } from "node:fs";
import path from "node:path";
import { groupInterval } from "../../../lm/train/group-interval.js";
import { outcomeInterval } from "../../../lm/train/metrics.js";
import { readEvaluation, type ContaminationMetrics, type ContaminationSource } from "../../../formats/evaluation.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { JsonObject } from "../../../platform/json.js";
import type { StageType, StageWith } from "../../../schemas/stages/index.js";
import { recordResult, stageKey } from "../../../store/records/results.js";
import type { TestContext } from "../../support/stage-context.js";
import { makeData, questions, runStage, sentences, stageContext, tinyPretraining, whole } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

let context: TestContext;
let data: Awaited<ReturnType<typeof makeData>>;
/** One that knows the answers, and the one that it was made of. */
let tuned: ArtifactRef<"model">;
let base: ArtifactRef<"model">;

beforeAll(async () => {
  context = stageContext();
  data = await makeData(context);
  const pretrained = await runStage("pretrain", { tokens: data.tokens, ...tinyPretraining, steps: 40 }, context);
  base = pretrained.outputs.model;
  await context.checkpoints.clear();
  const training = { data: [whole(data.asked)], epochs: 100, batchSize: 3, learningRate: 1e-2 };
  tuned = (await runStage("sft", { model: base, ...training }, context)).outputs.model;
  await context.checkpoints.clear();
});
afterAll(() => context.remove());

async function measure(settings: Partial<StageWith<"evaluate">>) {
  const asking = { maxNewTokens: 16, batchSize: 4, ...settings };
  const { outputs, metrics } = await runStage("evaluate", asking, context);
  const evaluation = await readEvaluation(await context.openArtifact(outputs.evaluation));
  return { metrics, evaluation, ref: outputs.evaluation };
}

async function rows(name: string, list: object[]): Promise<ArtifactRef<"dataset">> {
  writeFileSync(path.join(context.workingDirectory, name), list.map((row) => JSON.stringify(row) + "\n").join(""));
  return (await runStage("dataset", { source: { file: name } }, context)).outputs.train;
}

const row = (i: number, more: object = {}) => ({ instruction: questions[i]![0], response: questions[i]![1], ...more });

describe("accuracy", () => {
  test("is by verifiers, overall and by task; too long a question is wrong", async () => {
    const asked = await rows("tasks.jsonl", [
      row(0, { task: "holding" }),
      row(1, { response: "gear|lever", task: "turning" }),
      row(2, { response: "gear|lever", task: "turning" }),
      row(0, { instruction: "long ".repeat(80), task: "turning" }),
    ]);
    const verifiers = [
      { kind: "exact" as const, weight: 2 },
      { kind: "regex" as const, task: "turning", weight: 0.5 },
    ];
    const { metrics, evaluation } = await measure({ model: tuned, questions: [asked], verifiers });
    expect(metrics).toMatchObject({ accuracy: 0.5, questions: 4, questionsTooLong: 1, verifierErrors: 0 });
    expect(metrics["meanScore"]).toBeCloseTo(2.5 / 4, 12);
    expect(evaluation.questions).toMatchObject({
      tasks: { holding: { accuracy: 1, questions: 1 }, turning: { accuracy: 1 / 3, questions: 3 } },
      verifiers: "exact × 2; regex (task turning) × 0.5",
    });
    expect(evaluation.questions!.responses.map(({ text, right, score }) => [text, right, score])).toEqual([
      ["The pawl.", true, 2],
      ["The gear.", true, 0.5],
      ["The spring.", false, 0],
    ]);
  });

  test("and the mean score are of all questions, of which one fits and is right, and one is too long", async () => {
    const asked = await rows("half.jsonl", [row(0), row(1, { instruction: "long ".repeat(80) })]);
    const { metrics } = await measure({
      model: tuned,
      questions: [asked],
      verifiers: [{ kind: "exact", weight: 1 }],
      samples: 4,
      temperature: 0.01,
    });
    expect(metrics).toMatchObject({ accuracy: 0.5, exactMatch: 0.5, meanScore: 0.5, questionsTooLong: 1 });
  });

  test("is that of exact matches without verifiers", async () => {
    const { metrics, evaluation } = await measure({ model: tuned, questions: [data.asked] });
    expect(metrics).toMatchObject({ accuracy: 1, exactMatch: 1 });
    expect(evaluation.questions!.tasks).toBeUndefined();
    expect(metrics).not.toHaveProperty("meanScore");
    expect(metrics).not.toHaveProperty("verifierErrors");
  });

  test("is reported separately for responses that match a pattern and those that do not", async () => {
    const asked = [await rows("two.jsonl", [row(0), row(1, { response: "The wheel." }), row(2)])];
    const one = await measure({ model: tuned, questions: asked, reasoningPattern: "pawl|gear" });
    expect(one.metrics).toMatchObject({
      reasoningShare: 2 / 3,
      accuracyWithReasoning: 0.5,
      accuracyWithoutReasoning: 1,
    });
    expect(one.evaluation.questions!.reasoning).toMatchObject({ responses: 3 });
    expect(one.metrics["reasoningShareLow"]).toBeLessThan(2 / 3);
    expect(one.metrics["reasoningShareHigh"]).toBe(1);
    // One right response, of one question.
    expect(one.metrics["accuracyWithoutReasoningLow"]).toBeCloseTo(0.2065, 4);
    expect(one.metrics["accuracyWithoutReasoningHigh"]).toBe(1);
    const none = await measure({ model: tuned, questions: asked, reasoningPattern: "=" });
    expect(none.metrics).toMatchObject({ reasoningShare: 0, accuracyWithoutReasoning: 2 / 3 });
    expect(none.metrics).not.toHaveProperty("accuracyWithReasoning");
  });

  test("a verifier that fails is counted among the metrics", async () => {
    const { metrics } = await measure({
      model: tuned,
      questions: [await rows("bad.jsonl", [row(0, { response: "no number" }), row(1, { response: "2" })])],
      verifiers: [{ kind: "number", weight: 1 }],
    });
    expect(metrics).toMatchObject({ accuracy: 0, verifierBadReferences: 1, verifierStepLimits: 0 });
  });

  test("of several samples it is the mean, and pass@k rises with k to the share ever right", async () => {
    const asking = { questions: [data.asked], samples: 6, passAt: [1, 2, 6], temperature: 2, reasoningPattern: "a" };
    const { metrics, evaluation } = await measure({ model: tuned, ...asking });
    const { responses, passAt, reasoning } = evaluation.questions!;
    expect(responses).toHaveLength(18);
    const rightOf = [0, 1, 2].map((q) => responses.slice(q * 6, q * 6 + 6).filter(({ right }) => right).length);
    expect(responses.map(({ prompt }) => prompt)).toEqual(questions.flatMap(([q]) => new Array<string>(6).fill(q)));
    const pairs = rightOf.reduce((sum, c) => sum + 1 - ((6 - c) * (5 - c)) / 30, 0) / 3;
    expect(passAt!["1"]!.share).toBeCloseTo(metrics["accuracy"]!, 12);
    expect(passAt!["2"]!.share).toBeCloseTo(pairs, 12);
    expect(passAt!["6"]!.share).toBe(rightOf.filter((c) => c > 0).length / 3);
    const { low, high } = outcomeInterval(rightOf.map((c) => Number(c > 0)));
    expect(passAt!["6"]).toMatchObject({ low, high });
    expect(metrics).toMatchObject({ passAt: passAt!["6"]!.share, passAtLow: low, passAtHigh: high });
    expect(metrics["accuracy"]).toBeGreaterThan(0);
    expect(metrics["accuracy"]).toBeLessThan(1);
    // Six responses to a question are one observation of it.
    const matched = responses.map(({ text }) => Number(text.includes("a")));
    const asked = responses.map(({ prompt }) => prompt);
    const { groups, ...interval } = groupInterval(matched, asked, context.seed);
    expect(groups).toBe(3);
    expect(reasoning!.share).toMatchObject(interval);
  });
});

describe("intervals", () => {
  const entities = ["wheel", "wheel", "shaft", "shaft", "spring", "spring"];
  const asked = () =>
    rows(
      "entities.jsonl",
      entities.map((entity, i) => row(i % 3 === 1 ? 1 : 0, { entity, ...(i % 2 === 0 ? {} : { response: "wrong" }) })),
    );

  test("of the accuracy are over questions, or over entities where these are asked for", async () => {
    const settings = { model: tuned, questions: [await asked()] };
    const byRow = await measure(settings);
    const { low, high } = outcomeInterval([1, 0, 1, 0, 1, 0]);
    expect(byRow.metrics).toMatchObject({ accuracy: 0.5, accuracyLow: low, accuracyHigh: high });
    expect(byRow.evaluation.questions).not.toHaveProperty("entities");
    const byEntity = await measure({ ...settings, byEntity: true });
    // Each entity has one right and one wrong answer: Wilson's interval of three halves.
    const ofThree = outcomeInterval([0.5, 0.5, 0.5]);
    expect(byEntity.metrics).toMatchObject({ accuracy: 0.5, accuracyLow: ofThree.low, accuracyHigh: ofThree.high });
    expect(byEntity.evaluation.questions).toMatchObject({ entities: 3 });
  });

  test("of the win rate, too", async () => {
    const judge = { kind: "exact" as const, prefer: "more" as const };
    const settings = { model: tuned, against: base, judge, comparisons: [await asked()], byEntity: true };
    const { metrics, evaluation } = await measure(settings);
    const ofThree = outcomeInterval([0.75, 0.75, 0.75]);
    expect(metrics).toMatchObject({ winRate: 0.75, winRateLow: ofThree.low, winRateHigh: ofThree.high });
    expect(evaluation.comparison).toMatchObject({ entities: 3 });
  });

  test.each(["questions", "comparisons"] as const)("over entities need one of each row of %s", async (name) => {
    const some = await rows("some.jsonl", [row(0, { entity: "wheel" }), row(1)]);
    const judge = { kind: "length" as const, prefer: "more" as const };
    const more = name === "comparisons" ? { against: base, judge } : {};
    await expect(measure({ model: tuned, [name]: [some], byEntity: true, ...more })).rejects.toMatchObject({
      code: "DATA_INVALID",
      facts: { where: `with.${name}`, got: expect.stringContaining(questions[1][0]) },
    });
  });
});

describe("the win rate", () => {
  const judge = { kind: "exact" as const, prefer: "more" as const };

  test("is that of the prompts on which the judge prefers the model", async () => {
    const settings = { model: tuned, against: base, questions: [data.asked], judge };
    const { metrics, evaluation } = await measure(settings);
    expect(metrics).toMatchObject({ winRate: 1, winRateHigh: 1, ties: 0, comparisons: 3, judgeErrors: 0 });
    expect(metrics["winRateLow"]).toBeGreaterThan(0.3);
    expect(evaluation.comparison).toMatchObject({ wins: 3, losses: 0, judge: "exact" });
    expect(evaluation.comparison!.responses[0]).toMatchObject({
      prompt: questions[0][0],
      ours: questions[0][1],
      ourScore: 1,
      theirScore: 0,
    });
    const turned = await measure({ ...settings, model: base, against: tuned });
    expect(turned.metrics).toMatchObject({ winRate: 0, winRateLow: 0 });
  });

  test("is of answers that each model gives in the form that it has learned", async () => {
    // In words that the base model knows as text.
    const asked = [await rows("known.jsonl", [row(0, { instruction: "the pawl holds the wheel and the" })])];
    const answerOf = async (model: ArtifactRef<"model">, chat: { chat?: boolean } = {}) => {
      const { evaluation } = await measure({ model, questions: asked, ...chat });
      return evaluation.questions!.responses[0]!.text;
    };
    const ours = await answerOf(tuned, { chat: true });
    const theirs = await answerOf(base, { chat: false });
    expect(await answerOf(base, { chat: true })).not.toBe(theirs);
    expect([await answerOf(tuned), await answerOf(base)]).toEqual([ours, theirs]);
    const { evaluation } = await measure({ model: tuned, against: base, questions: asked, judge });
    expect(evaluation.comparison!.responses).toMatchObject([{ ours, theirs }]);
  });

  test("leaves out and counts the prompts that only one of the models can read, the other in the chat template", async () => {
    const longer = Array.from({ length: 30 }, (_, i) => row(0, { instruction: "the pawl ".repeat(i + 1) }));
    const comparisons = [await rows("longer.jsonl", longer)];
    const compared = async (model: ArtifactRef<"model">, against: ArtifactRef<"model">) => {
      const { metrics } = await measure({ model, against, comparisons, judge, maxNewTokens: 1 });
      expect(metrics["comparisons"]! + metrics["comparisonsTooLong"]!).toBe(30);
      return metrics["comparisons"]!;
    };
    const inTemplate = await compared(tuned, base);
    expect(inTemplate).toBe(await compared(base, tuned));
    expect(inTemplate).toBeGreaterThan(0);
    expect(inTemplate).toBeLessThan(await compared(base, base));
  });

  test("is a half against itself, all ties, where nothing is drawn", async () => {
    const length = { kind: "length" as const, prefer: "less" as const };
    const settings = { model: base, against: base, judge: length, temperature: 0 };
    const { metrics } = await measure({ ...settings, questions: [data.asked] });
    expect(metrics).toMatchObject({ winRate: 0.5, ties: 3 });
  });

  test("takes prompts of preferences, and leaves out and counts those too long", async () => {
    const comparisons = await rows("preferences.jsonl", [
      { prompt: "What bends?", chosen: "a", rejected: "b" },
      { prompt: "long ".repeat(80), chosen: "a", rejected: "b" },
    ]);
    const shorter = { kind: "length" as const, prefer: "less" as const };
    const settings = { model: tuned, against: base, comparisons: [comparisons], judge: shorter };
    const { metrics } = await measure(settings);
    expect(metrics).toMatchObject({ comparisons: 1, comparisonsTooLong: 1 });
    expect(metrics).not.toHaveProperty("accuracy");
  });
});

describe("the divergence from a reference", () => {
  const sampling = { temperature: 1, samples: 20 };

  test("is nothing from itself, and positive from another model", async () => {
    const settings = { model: tuned, questions: [data.asked], ...sampling };
    const same = await measure({ ...settings, reference: tuned });
    // Nothing but rounding: both models' logits are computed, each by kernels of its own.
    expect(Math.abs(same.metrics["kl"]!)).toBeLessThan(1e-6);
    expect(same.metrics["klError"]).toBeLessThan(1e-6);
    const { metrics, evaluation } = await measure({ ...settings, reference: base });
    expect(metrics["kl"]! - 3 * metrics["klError"]!).toBeGreaterThan(0);
    expect(evaluation.divergence!.responses).toBe(60);
    expect(evaluation.divergence!.tokens).toBeGreaterThan(60);
  });

  test("has no standard error where there is one question only, however many responses", async () => {
    const asked = await rows("one.jsonl", [row(0)]);
    const { metrics, evaluation } = await measure({ model: tuned, reference: base, questions: [asked], ...sampling });
    expect(evaluation.divergence!.responses).toBe(20);
    expect(metrics["kl"]).toEqual(expect.any(Number));
    expect(metrics).not.toHaveProperty("klError");
    expect(evaluation.divergence).not.toHaveProperty("klError");
  });

  test("is measured on responses that fill the context, too", async () => {
    const long = "the pawl holds the wheel and the gear turns the shaft ".repeat(2);
    const asked = await rows("long.jsonl", [row(0, { instruction: long })]);
    const settings = { model: base, reference: tuned, questions: [asked], maxNewTokens: 200, chat: false };
    const { metrics, evaluation } = await measure({ ...settings, temperature: 3, samples: 4 });
    expect(evaluation.questions!.responses.map(({ reason }) => reason)).toContain("context");
    expect(Number.isFinite(metrics["kl"])).toBe(true);
  });
});

test("contamination stands among the metrics where the model's lineage is known, and is said to be unknown where not", async () => {
  const settings = { model: tuned, text: [data.heldOutText], questions: [data.asked] };
  const unknown = await measure(settings);
  expect(unknown.metrics).not.toHaveProperty("contaminatedRows");
  expect(unknown.evaluation.contamination).toMatchObject({ trainingData: "unknown" });
  const record = async (uses: StageType, given: object, outputs: Record<string, ArtifactRef>): Promise<void> => {
    const identity = { uses, version: 1, with: given as JsonObject, seed: 1, compute: null, source: null };
    const now = new Date().toISOString();
    const lineage = { runId: "run", stage: "stage", startedAt: now, endedAt: now, machine: "m" };
    await recordResult(context.home, { ...identity, key: stageKey(identity), outputs, metrics: {}, lineage });
  };
  await record("tokenize", { train: [data.text] }, { tokens: data.tokens });
  await record("pretrain", { tokens: data.tokens }, { model: base });
  await record("sft", { model: base, data: [data.asked] }, { model: tuned });
  const { metrics, evaluation } = await measure(settings);
  const found = evaluation.contamination as ContaminationMetrics & { sources: ContaminationSource[] };
  // It was tuned on the very questions.
  expect(found.sources[1]).toMatchObject({ where: "with.questions[0]", rows: 3, contaminatedRows: 3 });
  const share = (3 + found.sources[0]!.contaminatedRows) / (3 + found.sources[0]!.rows);
  expect(metrics["contaminatedRows"]).toBeCloseTo(share, 12);
  expect(metrics["contaminatedGrams"]).toBeGreaterThan(0);
});

test("a compressor that has read the training text needs less for the held-out text than one that has not", async () => {
  const settings = { model: base, text: [data.heldOutText] };
  const alone = await measure(settings);
  expect(alone.metrics).not.toHaveProperty("brotliTrainedBitsPerByte");
  const { metrics, evaluation } = await measure({ ...settings, compressorReads: [data.text] });
  expect(metrics["brotliBitsPerByte"]).toBe(alone.metrics["brotliBitsPerByte"]);
  expect(metrics["brotliTrainedBitsPerByte"]).toBeLessThan(metrics["brotliBitsPerByte"]! / 2);
  const bytes = sentences(60).reduce((sum, text) => sum + text.length + 1, 0);
  expect(evaluation.text).toMatchObject({ compressorRead: { bytes, leftOut: 0, data: [data.text.digest] } });
});

describe("what was forgotten", () => {
  let before: Awaited<ReturnType<typeof measure>>;
  beforeAll(async () => {
    before = await measure({ model: base, text: [data.heldOutText], questions: [data.asked] });
  });

  test("is the growth of bits per byte and the change of accuracy since the baseline", async () => {
    const settings = { text: [data.heldOutText], questions: [data.asked] };
    const { metrics } = await measure({ model: tuned, ...settings, baseline: before.ref });
    const growth = metrics["bitsPerByte"]! / before.metrics["bitsPerByte"]! - 1;
    expect(metrics["forgetting"]).toBeCloseTo(growth, 10);
    expect(metrics["forgetting"]).toBeGreaterThan(0);
    expect(metrics["accuracyChange"]).toBe(1);
    const textOnly = await measure({ model: tuned, text: settings.text, baseline: before.ref });
    expect(textOnly.metrics["forgetting"]).toBeCloseTo(growth, 10);
    expect(textOnly.metrics).not.toHaveProperty("accuracyChange");
  });

  test.each([
    ["another text", () => ({ text: [data.text] }), "with.text"],
    ["fewer questions", () => ({ questions: [data.asked], limit: 2 }), "with.questions"],
    [
      "other verifiers",
      () => ({ questions: [data.asked], verifiers: [{ kind: "regex" as const, weight: 1 }] }),
      "with.questions",
    ],
  ])("cannot be told from %s", async (_, changes, where) => {
    const attempt = measure({ model: tuned, ...changes(), baseline: before.ref });
    await expect(attempt).rejects.toMatchObject({ code: "DATA_INVALID", facts: { where } });
  });

  test("cannot be told from a baseline that has nothing in common", async () => {
    const nothing = await measure({ model: tuned });
    const attempt = measure({ model: tuned, questions: [data.asked], baseline: nothing.ref });
    await expect(attempt).rejects.toMatchObject({ code: "DATA_INVALID", facts: { where: "with.baseline" } });
  });
});

describe("bad input", () => {
  const judge = { kind: "length" as const, prefer: "more" as const };
  let other: ArtifactRef<"model">;
  let empty: ArtifactRef<"dataset">;
  let long: ArtifactRef<"dataset">;
  let promptsOnly: ArtifactRef<"dataset">;
  beforeAll(async () => {
    const { outputs } = await runStage("tokenize", { train: [data.text], vocabularySize: 310 }, context);
    const stranger = await runStage("pretrain", { tokens: outputs.tokens, ...tinyPretraining, steps: 0 }, context);
    other = stranger.outputs.model;
    await context.checkpoints.clear();
    empty = (await runStage("dataset", { source: { file: "questions.jsonl" } }, context)).outputs.heldOut;
    long = await rows("all-long.jsonl", [row(0, { instruction: "long ".repeat(80) })]);
    promptsOnly = await rows("prompts.jsonl", [{ prompt: "What bends?", chosen: "a", rejected: "b" }]);
  });

  test.each([
    [
      "an opponent with another tokenizer",
      () => ({ against: other, judge, questions: [], comparisons: [data.asked] }),
      "TOKENIZER_MISMATCH",
      "with.against",
    ],
    [
      "a reference with another tokenizer",
      () => ({ reference: other, temperature: 1 }),
      "TOKENIZER_MISMATCH",
      "with.reference",
    ],
    ["no questions", () => ({ questions: [empty] }), "DATA_EMPTY", "with.questions"],
    ["questions all too long", () => ({ questions: [long] }), "CONTEXT_EXCEEDED", "with.questions"],
    [
      "prompts to compare on all too long",
      () => ({ against: base, judge, questions: [], comparisons: [long] }),
      "CONTEXT_EXCEEDED",
      "with.comparisons",
    ],
    [
      "text to compare on",
      () => ({ against: base, judge, questions: [], comparisons: [data.text] }),
      "DATA_INVALID",
      "with.comparisons",
    ],
    [
      "a module that is not there",
      () => ({ verifiers: [{ kind: "module" as const, path: "modules/no.mjs", weight: 1 }] }),
      "DATA_MISSING",
      "with.verifiers[0].path",
    ],
    [
      "rows that no verifier serves",
      () => ({ verifiers: [{ kind: "number" as const, task: "sums", weight: 1 }] }),
      "DATA_INVALID",
      "with.verifiers",
    ],
    [
      "a judge that needs answers, for prompts without",
      () => ({
        against: base,
        judge: { ...judge, kind: "number" as const },
        questions: [],
        comparisons: [promptsOnly],
      }),
      "DATA_INVALID",
      "What bends?",
    ],
  ])("%s", async (_, changes, code, where) => {
    const attempt = measure({ model: tuned, questions: [data.asked], ...changes() });
    await expect(attempt).rejects.toMatchObject({ code, facts: { where } });
  });
});
