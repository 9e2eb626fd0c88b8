import { writeFileSync } from "node:fs";
import path from "node:path";
import { openModel } from "../../../activities/models/model.js";
import { readEvaluation } from "../../../formats/evaluation.js";
import { chatTemplate } from "../../../lm/text/chat.js";
import { EndScorer } from "../../../lm/decode/end-scorer.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import type { TestContext } from "../../support/stage-context.js";
import { runStage, sentences, stageContext, tinyPretraining, whole } from "./support.js";
import { loadTensorFlow } from "../support.js";
/** Without XLA: each of the many attempts would compile longer than it runs. */
beforeAll(loadTensorFlow);

let context: TestContext;
let model: ArtifactRef<"model">;
let tokens: ArtifactRef<"tokens">;
let heldOut: ArtifactRef<"tokens">;
let tokenizer: ArtifactRef<"tokenizer">;

const needle = {
  depths: 1,
  samples: 2,
  distractors: 0,
  statement: " {value}",
  question: " {key} {value}",
  words: [{ key: "it", values: ["wheel", "lever"] }],
};
const steps = [
  { contextLength: 32, steps: 3 },
  { contextLength: 64, steps: 2, batchSize: 2, learningRate: 1e-3 },
];

async function write(name: string, lines: string[], unit: "document" | "line" = "document") {
  writeFileSync(path.join(context.workingDirectory, name), lines.join("\n") + "\n");
  return (await runStage("dataset", { source: { file: name }, unit }, context)).outputs.train;
}

beforeAll(async () => {
  context = stageContext();
  const train = [await write("long.txt", sentences(60)), await write("longer.txt", sentences(90).slice(60))];
  const held = [await write("held-out.txt", sentences(97).slice(90))];
  const encoded = (await runStage("tokenize", { train, heldOut: held, vocabularySize: 300 }, context)).outputs;
  ({ tokens, heldOut, tokenizer } = encoded);
  const architecture = { ...tinyPretraining.architecture, contextLength: 16 };
  model = (await runStage("pretrain", { tokens, ...tinyPretraining, architecture, steps: 10 }, context)).outputs.model;
  await context.checkpoints.clear();
});
afterAll(() => context.remove());

const settings = (): Partial<StageWith<"extend-context">> => ({ model, tokens, heldOut, steps, needle, batchSize: 4 });
const extend = (changes: Partial<StageWith<"extend-context">> = {}, at: TestContext = context) =>
  runStage("extend-context", { ...settings(), ...changes }, at);

test("the model reads the last context; each context is trained and measured", async () => {
  const { outputs, metrics } = await extend();
  await context.checkpoints.clear();
  const extended = await openModel(outputs.model, context);
  expect(extended.architecture).toMatchObject({
    contextLength: 64,
    ropeTheta: 10000,
    ropeScaling: { type: "yarn", factor: 4, originalContextLength: 16 },
  });
  const { contexts } = await readEvaluation(await context.openArtifact(outputs.evaluation));
  expect(contexts).toMatchObject([
    { contextLength: 32, steps: 3, tokens: 3 * 4 * 32, needle: { lengths: [32] }, byPosition: { contextLength: 32 } },
    { contextLength: 64, steps: 2, tokens: 2 * 2 * 64, needle: { lengths: [64] }, byPosition: { contextLength: 64 } },
  ]);
  expect(metrics).toMatchObject({ contextLength: 64, steps: 5, tokens: 640, newParameters: 0 });
  expect(metrics["lateBitsPerByte"]).toBeGreaterThan(0);
  expect(metrics["fullSequences"]).toBeGreaterThan(0.9);
  // Every step begins where the one before ended.
  expect(contexts![1]!.loss).toBeLessThan(contexts![0]!.loss! + 0.5);
  const start = await openModel(model, context);
  const name = "model.layers.0.self_attn.q_proj.weight";
  expect(extended.weights[name]!.data).not.toEqual(start.weights[name]!.data);
});

test("a base model stays without a chat template, a fine-tuned one keeps its own", async () => {
  const template = async (of: ArtifactRef<"model">) => (await openModel(of, context)).chatTemplate;
  const asked = path.join(context.workingDirectory, "asked.jsonl");
  writeFileSync(asked, `${JSON.stringify({ instruction: "What holds?", response: "The pawl." })}\n`);
  const data = (await runStage("dataset", { source: { file: "asked.jsonl" } }, context)).outputs.train;
  // With room for an example in the template.
  const pretraining = { tokens, ...tinyPretraining, steps: 1 };
  const base = (await runStage("pretrain", pretraining, context)).outputs.model;
  await context.checkpoints.clear();
  const training = { data: [whole(data)], epochs: 1, batchSize: 1 };
  const tuned = (await runStage("sft", { model: base, ...training }, context)).outputs.model;
  await context.checkpoints.clear();
  expect([await template(base), await template(tuned)]).toEqual([undefined, chatTemplate]);
  for (const [start, expected] of [
    [base, undefined],
    [tuned, chatTemplate],
  ] as const) {
    const { outputs } = await extend({ model: start, steps: [{ contextLength: 64, steps: 1, batchSize: 2 }] });
    await context.checkpoints.clear();
    expect(await template(outputs.model)).toBe(expected);
  }
});

test("stopped after every few reports and resumed, it ends in the same bytes", async () => {
  const whole = await extend();
  await context.checkpoints.clear();
  const reached: number[] = [];
  for (;;) {
    const attempt = stageContext(1, context.workingDirectory);
    let reports = 0;
    attempt.onProgress = () => {
      if (++reports === 4) attempt.abort(new Error("told to stop"));
    };
    const ended = await extend({}, attempt).catch((error: Error) => expect(error.message).toBe("told to stop"));
    if (ended) {
      expect(ended).toEqual(whole);
      break;
    }
    reached.push((await attempt.checkpoints.latest())!.step);
  }
  // In the first training (3 updates, and 1 for what is after it), and in the second.
  expect(reached.some((step) => step > 0 && step < 4)).toBe(true);
  expect(reached.some((step) => step > 4)).toBe(true);
  await context.checkpoints.clear();
});

test("needles are hidden in the held-out text, not among the tokens that end documents", async () => {
  const lines = ["pawl", "wheel", "gear", "lever"];
  const train = [await write("short.txt", lines, "line"), await write("one.txt", sentences(10))];
  const many = await runStage("tokenize", { train, tokenizer }, context);
  const { endOfText } = (await openModel(model, context)).tokens;
  const best = jest.spyOn(EndScorer.prototype, "best");
  const asked = [];
  try {
    const steps = [{ contextLength: 64, steps: 0 }];
    await extend({ heldOut: many.outputs.tokens, steps, needle: { ...needle, samples: 20 } });
    for (const [{ tokens, weight }] of best.mock.calls) if (weight > 0) asked.push(...Array.from(tokens));
  } finally {
    best.mockRestore();
  }
  await context.checkpoints.clear();
  const ends = asked.flatMap((id, at) => (id === endOfText ? [at % 64] : []));
  expect(asked).toHaveLength(20 * 64);
  expect(ends).toEqual(Array.from({ length: 20 }, () => 0));
});

test("no scaling and no training: the same weights, a longer context", async () => {
  const { outputs, metrics } = await extend({ ropeScaling: "none", steps: [{ contextLength: 32, steps: 0 }] });
  // Nothing was trained, so there is no training loss.
  expect(metrics).toMatchObject({ steps: 0, tokens: 0, lateBitsPerByte: expect.any(Number) });
  expect(metrics).not.toHaveProperty("loss");
  const { contexts } = await readEvaluation(await context.openArtifact(outputs.evaluation));
  expect(contexts![0]).not.toHaveProperty("loss");
  const [before, after] = [await openModel(model, context), await openModel(outputs.model, context)];
  expect(after.architecture).toEqual({ ...before.architecture, contextLength: 32 });
  expect(after.weights).toEqual(before.weights);
  await context.checkpoints.clear();
});

test("dense layers become local; the weights stay", async () => {
  const change = { attention: "local", window: 16, sinks: 2 } as const;
  const { outputs, metrics } = await extend({ ...change, steps: [{ contextLength: 32, steps: 0 }] });
  const [before, after] = [await openModel(model, context), await openModel(outputs.model, context)];
  expect(after.architecture.attention).toEqual({ kind: "local", window: 16, sinks: 2 });
  expect(after.weights).toEqual(before.weights);
  expect(metrics["newParameters"]).toBe(0);
  await context.checkpoints.clear();
});

test("dense layers become sparse; the new gates begin shut, so a model that selects every block is unchanged", async () => {
  const steps = [{ contextLength: 32, steps: 0 }];
  const dense = await extend({ steps });
  await context.checkpoints.clear();
  const sparse = await extend({ attention: "sparse", window: 8, blockSize: 4, selectedBlocks: 8, steps });
  const [before, after] = [await openModel(model, context), await openModel(sparse.outputs.model, context)];
  expect(after.architecture.attention).toEqual({ kind: "sparse", window: 8, blockSize: 4, selectedBlocks: 8 });
  expect(after.weights).toMatchObject(before.weights);
  expect(sparse.metrics["newParameters"]).toBe((2 + 1) * 32);
  expect(Math.abs(sparse.metrics["lateBitsPerByte"]! / dense.metrics["lateBitsPerByte"]! - 1)).toBeLessThan(0.05);
  await context.checkpoints.clear();
});

test.each([
  [{ steps: [{ contextLength: 8, steps: 1 }] }, "OUT_OF_RANGE", "with.steps"],
  [{ steps: [{ contextLength: 1 << 20, steps: 1 }] }, "DATA_EMPTY", "with.heldOut"],
  [{ attention: "local" as const }, "MISSING_KEY", "with.window"],
  [{ attention: "sparse" as const, window: 6, blockSize: 4 }, "OUT_OF_RANGE", "with.window"],
])("%j is refused", async (changes, code, where) => {
  await expect(extend(changes)).rejects.toMatchObject({ code, facts: { where } });
});

test("a model whose RoPE is scaled in one way is not scaled in another", async () => {
  const { outputs } = await extend({ ropeScaling: "linear", steps: [{ contextLength: 32, steps: 0 }] });
  await context.checkpoints.clear();
  await expect(extend({ model: outputs.model, steps: [{ contextLength: 64, steps: 0 }] })).rejects.toMatchObject({
    code: "NOT_ALLOWED",
    facts: { where: "with.ropeScaling", expected: "linear", got: "yarn" },
  });
});
