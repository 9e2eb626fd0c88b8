import { everyMetric, runStage, stageContext, tinyPretraining } from "./support.js";
import {
  architecture,
  context,
  data,
  expectSameInPieces,
  grpoSettings,
  ppoSettings,
  read,
} from "./reinforcement-models.js";

// Six seeds, with XLA and without, reached 0.89 to 0.94 in the last quarter, and at most 0.22 in
// the first.
test.each([1, 2, 3])("GRPO teaches what the verifier asks for, with seed %d", async (seed) => {
  const settings = {
    ...grpoSettings(),
    groups: 8,
    samplingBatch: 8,
    maxNewTokens: 4,
    iterations: 64,
    minibatches: 1,
    epochs: 1,
    beta: 0,
    learningRate: 2e-3,
    dynamicSampling: false,
  };
  const { metrics, outputs } = await runStage("grpo", settings, stageContext(seed, context.workingDirectory));
  await context.checkpoints.clear();
  expect(metrics).toMatchObject({ iterations: 64, prompts: 3, verifierErrors: 0 });
  const { iterations } = (await read(outputs.training, "evaluation.json")) as { iterations: { reward: number }[] };
  const reward = (part: { reward: number }[]) => part.reduce((sum, each) => sum + each.reward, 0) / part.length;
  expect(reward(iterations.slice(0, 16))).toBeLessThan(0.35);
  expect(reward(iterations.slice(-16))).toBeGreaterThan(0.7);
});

test.each([
  ["grpo", 7, {}],
  ["ppo", 6, { accumulate: 2, recompute: true }],
] as const)("%s, stopped after every %d steps and resumed, ends in the same bytes (%j)", async (type, every, how) => {
  const settings = { ...(type === "ppo" ? ppoSettings() : grpoSettings()), ...how };
  const whole = await expectSameInPieces(type, settings as never, every);
  expect(whole.metrics).toEqual(everyMetric(type));
});

test.each([
  ["ppo", 4],
  ["grpo", 4],
] as const)(
  "%s teaches a model with sparse attention, and ends in the same bytes after every %d steps",
  async (type, every) => {
    const sparse = { attention: "sparse", window: 8, blockSize: 4, selectedBlocks: 2 } as const;
    const base = await runStage(
      "pretrain",
      { tokens: data.tokens, ...tinyPretraining, architecture: { ...architecture, ...sparse }, steps: 20 },
      context,
    );
    await context.checkpoints.clear();
    const settings = { ...(type === "ppo" ? ppoSettings() : grpoSettings()), model: base.outputs.model, iterations: 2 };
    const whole = await expectSameInPieces(type, settings as never, every);
    expect(whole.outputs.model.digest).not.toBe(base.outputs.model.digest);
  },
);

test("GRPO with klIn: reward and ratio: sequence, stopped after every 7 steps, ends in the same bytes", async () => {
  const settings = { ...grpoSettings(), iterations: 3, klIn: "reward", ratio: "sequence" } as const;
  const whole = await expectSameInPieces("grpo", settings, 7);
  expect(whole.metrics["kl"]).toBeGreaterThan(0);
});
