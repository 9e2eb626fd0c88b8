import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readTokens } from "../../../formats/tokens.js";
import type { TestContext } from "../../support/stage-context.js";
import { everyMetric, makeData, questions, runStage, stageContext, tinyPretraining, whole } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

let context: TestContext;
let data: Awaited<ReturnType<typeof makeData>>;
let base: Awaited<ReturnType<typeof pretrain>>;
const pretrain = (changes: object = {}) =>
  runStage("pretrain", { tokens: data.tokens, heldOut: data.heldOut, ...tinyPretraining, ...changes }, context);

beforeAll(async () => {
  context = stageContext();
  data = await makeData(context);
  base = await pretrain({ steps: 60 });
  await context.checkpoints.clear();
});
afterAll(() => context.remove());

const evaluation = async (ref: Parameters<TestContext["openArtifact"]>[0]) =>
  JSON.parse(readFileSync(path.join(await context.openArtifact(ref), "evaluation.json"), "utf8")) as {
    samples: { prompt: string; text: string }[];
    questions: { responses: { text: string; reference: string; right: boolean }[] };
  };

test("pre-training lowers the held-out loss, tells its progress, and keeps the model as it was before", async () => {
  const { metrics, outputs } = base;
  expect(metrics).toEqual(everyMetric("pretrain"));
  expect(metrics["steps"]).toBe(60);
  expect(metrics["heldOutLoss"]).toBeLessThan(3);
  expect(context.reported.find(({ unit }) => unit === "steps")).toMatchObject({ phase: "compile", done: 0, total: 60 });
  expect(context.reported.at(-1)).toMatchObject({ total: 60, unit: "steps" });
  const measure = (model: typeof outputs.model) =>
    runStage(
      "evaluate",
      { model, text: [data.heldOutText], prompts: ["the pawl"], chat: false, batchSize: 4 },
      context,
    );
  const [before, after] = [await measure(outputs.initial), await measure(outputs.model)];
  expect(after.metrics["bitsPerByte"]).toBeLessThan(before.metrics["bitsPerByte"]! / 2);
  // The stage's own metric and the evaluation's agree: windows are the same where the sequence is
  // the context.
  expect(after.metrics["bitsPerByte"]).toBeCloseTo(metrics["heldOutBitsPerByte"]!, 4);
  expect(after.metrics["brotliBitsPerByte"]).toBeGreaterThan(0);
  expect(after.metrics["entropyBitsPerByte"]).toBeGreaterThan(3);
  expect((await evaluation(after.outputs.evaluation)).samples[0]!.text).not.toBe("");
});

test("without updates there is no training loss, only the held-out one", async () => {
  context.reported.length = 0;
  const { metrics } = await pretrain({ steps: 0 });
  await context.checkpoints.clear();
  expect(metrics).toMatchObject({ steps: 0, tokens: 0, heldOutLoss: expect.any(Number) });
  expect(metrics).not.toHaveProperty("loss");
  for (const { metrics } of context.reported) expect(metrics).not.toHaveProperty("smoothedLoss");
});

test("fine-tuning teaches answers: exact match goes from 0 to 1, and equals what generate writes", async () => {
  const training = { data: [whole(data.asked)], heldOut: [data.asked], epochs: 100, batchSize: 3, learningRate: 1e-2 };
  const { outputs, metrics } = await runStage("sft", { model: base.outputs.model, ...training }, context);
  await context.checkpoints.clear();
  expect(metrics).toEqual(everyMetric("sft"));
  expect(metrics).toMatchObject({ examples: 3, tooLong: 0, heldOutTooLong: 0 });
  expect(metrics["heldOutLoss"]).toBeLessThan(0.1);
  const measure = async (model: typeof outputs.model) =>
    runStage("evaluate", { model, questions: [data.asked], maxNewTokens: 24, batchSize: 3 }, context);
  expect((await measure(base.outputs.model)).metrics["exactMatch"]).toBe(0);
  const measured = await measure(outputs.model);
  expect(measured.metrics).toMatchObject({ exactMatch: 1, questions: 3, questionsTooLong: 0 });
  const prompts = questions.map(([question]) => question);
  const written = await runStage(
    "generate",
    { model: outputs.model, prompts, maxNewTokens: 24, batchSize: 3 },
    context,
  );
  const file = path.join(await context.openArtifact(written.outputs.samples), "samples.jsonl");
  const samples = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { text: string });
  expect(samples.map(({ text }) => text)).toEqual(questions.map(([, answer]) => answer));
});

describe("prose among the examples", () => {
  const tune = (settings: object) =>
    runStage("sft", { model: base.outputs.model, batchSize: 2, learningRate: 3e-3, ...settings }, context);
  const bitsPerByte = async (model: typeof base.outputs.model) =>
    (await runStage("evaluate", { model, text: [data.heldOutText], batchSize: 4 }, context)).metrics["bitsPerByte"]!;

  test("prevents forgetting, and the log reports its rows and share", async () => {
    const prose = { data: data.text, weight: 0.5 };
    const alone = await tune({ data: [whole(data.asked)], epochs: 30, learningRate: 1e-2 });
    await context.checkpoints.clear();
    context.logged.length = 0;
    const mixed = await tune({
      data: [whole(data.asked), prose],
      heldOut: [data.asked],
      epochs: 30,
      learningRate: 1e-2,
    });
    await context.checkpoints.clear();
    expect(alone.metrics).toMatchObject({ examples: 3, prose: 0, proseCut: 0, proseShare: 0 });
    expect(mixed.metrics).toMatchObject({ examples: 3, prose: 60, proseCut: 0, tooLong: 0 });
    expect(mixed.metrics["heldOutLoss"]).toBeLessThan(0.3);
    const before = await bitsPerByte(base.outputs.model);
    const [forgotten, kept] = [await bitsPerByte(alone.outputs.model), await bitsPerByte(mixed.outputs.model)];
    expect(forgotten).toBeGreaterThan(before + 1);
    expect(kept).toBeLessThan(before);
    // The log says of each source what the training reads of it; together that is what counted in
    // the loss.
    const told = context.logged.filter((line) => line.startsWith("data["));
    expect(told).toHaveLength(2);
    const tokens = told.map((line) => Number(/"tokens":(\d+)/.exec(line)![1]));
    expect(tokens[0]! + tokens[1]!).toBe(mixed.metrics["tokens"]);
    expect(mixed.metrics["proseShare"]).toBeCloseTo(tokens[1]! / mixed.metrics["tokens"]!, 12);
    expect(mixed.metrics["proseShare"]).toBeGreaterThan(0.5);
  });

  test("longer than a sequence is cut into pieces, none of it lost; a source of weight 0 is not read", async () => {
    const settings = { epochs: 2, batchSize: 1, sequenceLength: 8 };
    const { metrics } = await tune({ data: [whole(data.text), { data: data.asked, weight: 0 }], ...settings });
    await context.checkpoints.clear();
    const { tokens } = (await readTokens(await context.openArtifact(data.tokens))).facts;
    expect(metrics).toMatchObject({ examples: 0, prose: 60, proseCut: 60, tooLong: 0, proseShare: 1 });
    expect(metrics["tokens"]).toBe(2 * tokens);
  });

  test("a mixture that is stopped and resumed ends in the same bytes", async () => {
    const mixture = { data: [whole(data.asked), { data: data.text, weight: 0.13 }], heldOut: [data.asked], epochs: 9 };
    const uninterrupted = await tune(mixture);
    await context.checkpoints.clear();
    for (const stop of [2, 7, 13]) {
      const attempt = stageContext(1, context.workingDirectory);
      attempt.onProgress = ({ phase, done }) => {
        if (phase === "train" && done === stop) attempt.abort(new Error("told to stop"));
      };
      const run = runStage("sft", { model: base.outputs.model, batchSize: 2, learningRate: 3e-3, ...mixture }, attempt);
      await expect(run).rejects.toThrow("told to stop");
    }
    expect((await context.checkpoints.latest())!.step).toBe(13);
    expect(await tune(mixture)).toEqual(uninterrupted);
    await context.checkpoints.clear();
  });
});

describe("bad input", () => {
  const model = () => base.outputs.model;
  test.each([
    [
      "sequences longer than the context",
      () => pretrain({ sequenceLength: 49 }),
      "CONTEXT_EXCEEDED",
      "with.sequenceLength",
    ],
    [
      "a prompt longer than the context",
      () => runStage("generate", { model: model(), prompts: ["short", "long ".repeat(60)] }, context),
      "CONTEXT_EXCEEDED",
      "with.prompts[1]",
    ],
    [
      "examples all longer than a sequence",
      () => runStage("sft", { model: model(), data: [whole(data.asked)], sequenceLength: 5 }, context),
      "CONTEXT_EXCEEDED",
      "with.data",
    ],
    [
      "a warm-up longer than the training",
      () => runStage("sft", { model: model(), data: [whole(data.asked)], epochs: 1, warmupSteps: 4 }, context),
      "OUT_OF_RANGE",
      "with.warmupSteps",
    ],
    [
      "text where instructions are needed",
      () => runStage("sft", { model: model(), data: [whole(data.asked)], heldOut: [data.text] }, context),
      "DATA_INVALID",
      expect.any(String),
    ],
    [
      "preferences where instructions or texts are needed",
      () => runStage("sft", { model: model(), data: [whole(data.asked), whole(preferences)] }, context),
      "DATA_INVALID",
      expect.any(String),
    ],
    [
      "nothing to learn from",
      () => runStage("sft", { model: model(), data: [whole(emptyRows)] }, context),
      "DATA_EMPTY",
      "with.data",
    ],
    [
      "held-out tokens of another tokenizer",
      async () => {
        const other = await runStage("tokenize", { train: [data.text], vocabularySize: 310 }, context);
        return pretrain({ heldOut: other.outputs.tokens });
      },
      "TOKENIZER_MISMATCH",
      "with.heldOut",
    ],
    ["no documents", () => pretrain({ tokens: emptyTokens }), "DATA_EMPTY", "with.tokens"],
    [
      "nothing to measure on",
      () => runStage("evaluate", { model: model(), text: [emptyRows] }, context),
      "DATA_EMPTY",
      "with.text",
    ],
  ])("%s", async (_, attempt, code, where) => {
    await expect(attempt()).rejects.toMatchObject({ code, facts: { where } });
  });

  let preferences: typeof data.text;
  let emptyRows: typeof data.text;
  let emptyTokens: typeof data.tokens;
  beforeAll(async () => {
    const source = { file: "corpus.txt" };
    const split = await runStage("dataset", { source, unit: "line" }, context);
    emptyRows = split.outputs.heldOut;
    writeFileSync(
      path.join(context.workingDirectory, "preferences.jsonl"),
      '{"prompt": "a", "chosen": "b", "rejected": "c"}\n',
    );
    preferences = (await runStage("dataset", { source: { file: "preferences.jsonl" } }, context)).outputs.train;
    const encoded = await runStage(
      "tokenize",
      { train: [data.text], heldOut: [emptyRows], vocabularySize: 300 },
      context,
    );
    emptyTokens = encoded.outputs.heldOut;
  });
});

test("a loss that stays finite and rises above its start is no success", async () => {
  const rising = pretrain({ learningRate: 3, schedule: "constant", warmupSteps: 0, gradientClip: 1, steps: 60 });
  await expect(rising).rejects.toMatchObject({
    code: "DIVERGED",
    facts: { where: expect.stringMatching(/^step \d+$/), next: expect.stringContaining("lower learningRate") },
  });
  await context.checkpoints.clear();
});

test("divergence is reported with the step and leaves the checkpoint before it", async () => {
  context.checkpointEveryMs = 0;
  // Within ten updates, which `DIVERGED` waits for.
  const diverging = pretrain({ learningRate: 10_000, gradientClip: 1e30, steps: 400, weightDecay: 50 });
  await expect(diverging).rejects.toMatchObject({
    code: "LOSS_NOT_FINITE",
    facts: {
      where: expect.stringMatching(/^step \d+$/),
      got: expect.stringMatching(/loss .*, gradient norm .*, learning rate [\d.]+$/),
      next: expect.stringContaining("lower learningRate"),
    },
  });
  const kept = await context.checkpoints.latest();
  expect(kept!.step).toBeGreaterThan(0);
  await context.checkpoints.clear();
  context.checkpointEveryMs = 3_600_000;
});

test("export writes the model's files below the project directory, replaces what it has left there and nothing else", async () => {
  const target = path.join(context.workingDirectory, "out", "model");
  const once = () => runStage("export", { model: base.outputs.model, to: "out/model" }, context);
  await once();
  const { outputs, metrics } = await once();
  expect(outputs.model).toEqual(base.outputs.model);
  expect((statSync(target).mode & 0o777).toString(8)).toBe("755");
  writeFileSync(path.join(target, "left-over.txt"), "somebody's");
  await expect(once()).rejects.toMatchObject({ code: "NOT_ALLOWED" });
  expect(readFileSync(path.join(target, "left-over.txt"), "utf8")).toBe("somebody's");
  expect(metrics["bytes"]).toBeGreaterThan(readFileSync(path.join(target, "model.safetensors")).length);
  const outside = mkdtempSync(path.join(os.tmpdir(), "pawl-outside-"));
  symlinkSync(outside, path.join(context.workingDirectory, "link"));
  for (const to of ["../out", "link/model", "link/new/model"])
    await expect(runStage("export", { model: base.outputs.model, to }, context)).rejects.toMatchObject({
      code: "PATH_TRAVERSAL",
    });
  expect(readdirSync(outside)).toEqual([]);
  rmSync(outside, { recursive: true });
});
