import { readFileSync } from "node:fs";
import path from "node:path";
import { openModel } from "../../../activities/models/model.js";
import { learningRateAt } from "../../../lm/optim/schedule.js";
import { encodePrompts } from "../../../lm/text/chat.js";
import type { StageType } from "../../../schemas/stages/index.js";
import { everyMetric, questions, runStage, stageContext } from "./support.js";
import {
  context,
  data,
  expectSameInPieces,
  fitting,
  grpoSettings,
  model,
  otherModel,
  ppoSettings,
  preferences,
  read,
  rows,
} from "./reinforcement-models.js";

test("a reward model learns which response is chosen, and is a directory of a sequence classifier", async () => {
  const { outputs, metrics } = await runStage(
    "reward-model",
    { model, data: [preferences], heldOut: [preferences, preferences], ...fitting },
    context,
  );
  await context.checkpoints.clear();
  // Of rows from a file it is not known which response was shown first.
  const { positionAccuracy: _unknown, ...others } = everyMetric("reward-model");
  expect(metrics).toEqual(others);
  expect(metrics).toMatchObject({
    accuracy: 1,
    // Wilson's interval of three: two pairs about one prompt say no more than one.
    accuracyLow: expect.closeTo(0.4385, 3),
    accuracyHigh: 1,
    lengthAccuracy: 1,
    preferences: 3,
    heldOutPreferences: 6,
    steps: 30,
    tooLong: 0,
  });
  expect(metrics["loss"]).toBeLessThan(0.5);
  await runStage("export", { rewardModel: outputs.rewardModel, to: "exported-reward" }, context);
  const exported = path.join(context.workingDirectory, "exported-reward", "config.json");
  expect(JSON.parse(readFileSync(exported, "utf8"))).toMatchObject({
    architectures: ["Qwen3ForSequenceClassification"],
    id2label: { "0": "score" },
  });
  expect(await read(outputs.evaluation, "evaluation.json")).toMatchObject({
    accuracy: 1,
    trivialRules: { length: { rule: "shorter", trainAccuracy: 1, accuracy: 1, pairs: 6 } },
    histogram: { chosen: expect.any(Array), rejected: expect.any(Array) },
  });
});

test("PPO reports what practitioners watch; the ratio is 1 on the first minibatch", async () => {
  const schedule = { schedule: "cosine", minimumLearningRate: 1e-4, criticLearningRate: 2e-3, warmupSteps: 2 } as const;
  const { outputs, metrics } = await runStage("ppo", { ...ppoSettings(), ...schedule, samplingBatch: 4 }, context);
  await context.checkpoints.clear();
  expect(metrics).toEqual(everyMetric("ppo"));
  expect(metrics).toMatchObject({ iterations: 4, prompts: 3, tooLong: 0 });
  const { iterations } = (await read(outputs.training, "evaluation.json")) as { iterations: Record<string, number>[] };
  expect(iterations).toHaveLength(4);
  for (const metrics of iterations) expect(metrics["firstRatio"]).toBeCloseTo(1, 5);
  // The critic has its own highest rate; warm-up and minimum are the policy's.
  const shape = { kind: "cosine", minimumLearningRate: 1e-4, warmupSteps: 2, steps: 16 } as const;
  const rates = (learningRate: number, iteration: number): number =>
    [0, 1, 2, 3].reduce((sum, i) => sum + learningRateAt({ ...shape, learningRate }, 4 * iteration + i) / 4, 0);
  iterations.forEach((each, iteration) => {
    expect(each["learningRate"]).toBeCloseTo(rates(1e-3, iteration), 8);
    expect(each["criticLearningRate"]).toBeCloseTo(rates(2e-3, iteration), 8);
  });
  // The policy is the reference before its first update.
  expect(iterations[0]!["kl"]).toBeCloseTo(0, 4);
  expect(iterations[1]!["klCoefficient"]).toBeLessThan(iterations[0]!["klCoefficient"]!);
});

test("PPO leaves out prompts whose longest response leaves the reward model no place for an end", async () => {
  const { tokenizer, architecture } = await openModel(model, context);
  const lengths = (
    await encodePrompts(
      tokenizer,
      questions.map(([question]) => question),
    )
  ).map((ids) => ids.length);
  const maxNewTokens = architecture.contextLength - Math.max(...lengths);
  const settings = { ...ppoSettings(), iterations: 1, maxNewTokens, samplingBatch: 8 };
  const { metrics } = await runStage("ppo", settings, context);
  await context.checkpoints.clear();
  const longest = lengths.filter((length) => length === Math.max(...lengths)).length;
  expect(metrics).toMatchObject({ tooLong: longest, prompts: 3 - longest });
});

test("PPO, stopped after every 5 steps and resumed, ends in the same bytes", async () => {
  const whole = await expectSameInPieces("ppo", { ...ppoSettings(), iterations: 2 }, 5);
  expect(whole.metrics).toEqual(everyMetric("ppo"));
});

test("GRPO, stopped after every 5 steps and resumed, ends in the same bytes and loses no failure of a verifier", async () => {
  const number = { kind: "number", weight: 1, memoryLimitBytes: 1 << 24 };
  const how = { iterations: 2, dynamicSampling: false, accumulate: 2, recompute: true };
  const settings = { ...grpoSettings(), ...how };
  const verifiers = [...settings.verifiers, number] as never;
  const { metrics } = await expectSameInPieces("grpo", { ...settings, verifiers }, 5);
  expect(metrics).toEqual(everyMetric("grpo"));
  expect(metrics).toMatchObject({
    verifierErrors: 0,
    verifierStepLimits: 0,
    verifierOutOfMemory: 0,
    verifierNotFinite: 0,
    // No reference is a number.
    verifierBadReferences: settings.iterations * settings.groups * settings.groupSize,
  });
});

test("a reward model, stopped after every 16 steps and resumed, ends in the same bytes and metrics", async () => {
  const learning = { model, data: [preferences], ...fitting, batchSize: 1, accumulate: 2 };
  const whole = await expectSameInPieces("reward-model", learning, 16);
  expect(whole.metrics["trainAccuracy"]).toBeGreaterThan(0.5);
  expect(whole.metrics["trainAccuracy"]).toBeLessThan(1);
});

test("GRPO clips above at epsilonHigh, and at epsilon without it", async () => {
  const clipped = async (epsilonHigh: object) => {
    const settings = { ...grpoSettings(), iterations: 1, dynamicSampling: false, epsilon: 1e-4, ...epsilonHigh };
    const { metrics } = await runStage("grpo", settings, stageContext(1, context.workingDirectory));
    await context.checkpoints.clear();
    return metrics["clipFraction"]!;
  };
  const same = await clipped({});
  expect(await clipped({ epsilonHigh: 1e-4 })).toBe(same);
  expect(await clipped({ epsilonHigh: 1e4 })).toBeLessThan(0.8 * same);
});

describe("bad input", () => {
  const long = "what ".repeat(80);
  test.each([
    [
      "a reward model of another tokenizer",
      () => ["ppo", { ...ppoSettings(), model: otherModel }],
      "TOKENIZER_MISMATCH",
    ],
    [
      "prompts that leave no room for a response",
      async () => [
        "ppo",
        { ...ppoSettings(), prompts: [await rows("long.jsonl", [{ instruction: long, response: "x" }])] },
      ],
      "CONTEXT_EXCEEDED",
    ],
    ["fewer pairs than a batch", () => ["reward-model", { model, data: [preferences], batchSize: 4 }], "DATA_EMPTY"],
    [
      "a warm-up longer than the training",
      () => ["reward-model", { model, data: [preferences], ...fitting, warmupSteps: 31 }],
      "OUT_OF_RANGE",
    ],
    [
      "pairs all too long",
      async () => [
        "reward-model",
        { model, data: [await rows("pairs.jsonl", [{ prompt: long, chosen: "a", rejected: "b" }])] },
      ],
      "CONTEXT_EXCEEDED",
    ],
    ["text where preferences are needed", () => ["reward-model", { model, data: [data.text] }], "DATA_INVALID"],
    [
      "a row that no verifier serves",
      () => ["grpo", { ...grpoSettings(), verifiers: [{ kind: "exact", task: "sums", weight: 1 }] }],
      "DATA_INVALID",
    ],
  ] as [string, () => Promise<[StageType, object]> | [StageType, object], string][])("%s", async (_, make, code) => {
    const [type, settings] = await make();
    await expect(runStage(type, settings as never, context)).rejects.toMatchObject({ code });
  });
});
