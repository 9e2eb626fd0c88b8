import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { readEvaluation } from "../../../formats/evaluation.js";
import { outcomeInterval } from "../../../lm/train/metrics.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import type { TestContext } from "../../support/stage-context.js";
import { runStage, sentences, stageContext, tinyPretraining } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

let context: TestContext;
let text: ArtifactRef<"dataset">;
let model: ArtifactRef<"model">;

/**
 * Every text names one thing and asks for it immediately: a model that has learned this looks back.
 */
const words = [{ key: "thing", values: ["wheel", "spring", "lever"] }];
const needle = { depths: 2, samples: 3, distractors: 0, statement: "{value}", question: "{key}{value}", words };

async function write(name: string, lines: string[]) {
  writeFileSync(path.join(context.workingDirectory, name), lines.join("\n") + "\n");
  return (await runStage("dataset", { source: { file: name }, unit: "document" }, context)).outputs.train;
}

beforeAll(async () => {
  context = stageContext();
  text = await write("text.txt", sentences(40));
  const { outputs } = await runStage("tokenize", { train: [text], vocabularySize: 300 }, context);
  model = (await runStage("pretrain", { tokens: outputs.tokens, ...tinyPretraining, steps: 40 }, context)).outputs
    .model;
});
afterAll(() => context.remove());

async function measure(settings: Partial<StageWith<"evaluate">>) {
  const { outputs, metrics } = await runStage("evaluate", { model, text: [text], batchSize: 4, ...settings }, context);
  const directory = await context.openArtifact(outputs.evaluation);
  return { metrics, evaluation: await readEvaluation(directory), directory };
}

test("bits per byte by position: the ranges together are the whole", async () => {
  const { metrics, evaluation } = await measure({ byPosition: true });
  const { ranges, windows, contextLength: length } = evaluation.byPosition!;
  expect(length).toBe(48);
  expect(ranges.map(({ from, to }) => [from, to])).toEqual([
    [0, 12],
    [12, 24],
    [24, 48],
  ]);
  expect(windows).toBeGreaterThan(5);
  const { bytes } = JSON.parse(readFileSync(path.join(await context.openArtifact(text), "dataset.json"), "utf8")) as {
    bytes: number;
  };
  const counted = ranges.reduce((sum, range) => sum + range.bytes, 0);
  expect(counted).toBeGreaterThan(0.9 * bytes);
  expect(counted).toBeLessThanOrEqual(bytes);
  // Text that has been learned: each range is about as easy as the text, and later ones not harder
  // than the first.
  expect(metrics["lateBitsPerByte"]).toBeCloseTo(ranges[2]!.bitsPerByte, 12);
  expect(metrics["lateBitsPerByte"]).toBeLessThan(metrics["earlyBitsPerByte"]!);
  expect(Math.abs(metrics["lateBitsPerByte"]! / metrics["bitsPerByte"]! - 1)).toBeLessThan(0.5);
});

async function modelOfContext(contextLength: number) {
  const { outputs } = await runStage("tokenize", { train: [text], vocabularySize: 300 }, context);
  const architecture = { ...tinyPretraining.architecture, contextLength };
  const short = await runStage("pretrain", { tokens: outputs.tokens, ...tinyPretraining, architecture }, context);
  await context.checkpoints.clear();
  return short.outputs.model;
}

test("positions at which no byte is predicted have no bits per byte", async () => {
  const short = await write("one.txt", ["a"]);
  const { metrics, evaluation } = await measure({ model: await modelOfContext(2), text: [short], byPosition: true });
  // The second token of the context is the one that ends the text.
  expect(evaluation.byPosition!.ranges).toEqual([{ from: 0, to: 1, bitsPerByte: expect.any(Number), bytes: 1 }]);
  expect(metrics["earlyBitsPerByte"]).toBeGreaterThan(0);
  expect(metrics).not.toHaveProperty("lateBitsPerByte");
});

test("a context of 16 has a first and a second half too", async () => {
  const { metrics } = await measure({ model: await modelOfContext(16), byPosition: true });
  expect(metrics["earlyBitsPerByte"]).toBeGreaterThan(0);
  expect(metrics["lateBitsPerByte"]).toBeGreaterThan(0);
});

test("needles: a table of lengths and depths, and a heat map", async () => {
  const { metrics, evaluation, directory } = await measure({ needle: { ...needle, lengths: [24, 48] } });
  const { found, lengths, depths, byLength } = evaluation.needle!;
  expect(lengths).toEqual([24, 48]);
  expect(depths).toEqual([0, 1]);
  expect(found.map((row) => row.length)).toEqual([2, 2]);
  for (const share of found.flat()) expect([0, 1, 2, 3]).toContain(Math.round(share * 3));
  expect(metrics["needlesFound"]).toBeCloseTo(found.flat().reduce((a, b) => a + b, 0) / 4, 12);
  for (const [i, ofLength] of byLength.entries()) {
    expect(ofLength).toMatchObject({ needles: 6, guess: 1 / 3, anyStatement: 1, withinReach: 1 });
    expect(ofLength.found).toBeCloseTo((found[i]![0]! + found[i]![1]!) / 2, 12);
    expect(ofLength).toMatchObject(
      outcomeInterval(Array.from({ length: 6 }, (_, n) => Number(n < ofLength.found * 6 - 0.5))),
    );
  }
  expect(metrics["needlesLongest"]).toBe(6);
  expect(existsSync(path.join(directory, "needle.svg"))).toBe(true);
});

test("a length beyond the context is refused", async () => {
  await expect(measure({ needle: { ...needle, lengths: [48, 49] } })).rejects.toMatchObject({
    code: "CONTEXT_EXCEEDED",
    facts: { where: "with.needle.lengths[1]", got: "49" },
  });
});

test("text too short to fill the context is refused", async () => {
  const short = await write("short.txt", ["the wheel"]);
  await expect(measure({ text: [short], byPosition: true })).rejects.toMatchObject({ code: "DATA_EMPTY" });
});
