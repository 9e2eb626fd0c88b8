import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { putModel, specialTokens } from "../../../activities/models/model.js";
import { readEvaluation } from "../../../formats/evaluation.js";
import { embeddingName, headName, resolveArchitecture } from "../../../lm/model/architecture.js";
import { initialize } from "../../../lm/model/initialize.js";
import { Tokenizer } from "../../../lm/text/tokenizer.js";
import type { ArtifactRef } from "../../../schemas/artifact.js";
import type { StageWith } from "../../../schemas/stages/index.js";
import type { TestContext } from "../../support/stage-context.js";
import { makeData, runStage, stageContext, tinyPretraining } from "./support.js";
import { loadTensorFlow } from "../support.js";
beforeAll(loadTensorFlow);

const prompts = 200;
let context: TestContext;
let tokenizer: ArtifactRef<"tokenizer">;
let comparisons: ArtifactRef<"dataset">;
beforeAll(async () => {
  context = stageContext();
  tokenizer = (await makeData(context)).tokenizer;
  mkdirSync(path.join(context.workingDirectory, "modules"));
  // a is 1, b is 2.
  const letter = "export default ({ response }) => response.charCodeAt(0) - 96;";
  writeFileSync(path.join(context.workingDirectory, "modules", "letter.mjs"), letter);
  const rows = Array.from({ length: prompts }, (_, i) => ({ instruction: `Letter ${i}?`, response: "-" }));
  writeFileSync(
    path.join(context.workingDirectory, "letters.jsonl"),
    rows.map((row) => JSON.stringify(row)).join("\n"),
  );
  comparisons = (await runStage("dataset", { source: { file: "letters.jsonl" } }, context)).outputs.train;
});
afterAll(() => context.remove());

/** A model whose every token is one of some letters, all equally likely, whatever came before. */
async function writes(letters: string): Promise<ArtifactRef<"model">> {
  const directory = await context.openArtifact(tokenizer);
  const read = await Tokenizer.fromJson(readFileSync(path.join(directory, "tokenizer.json"), "utf8"));
  const settings = { ...tinyPretraining.architecture, tieEmbeddings: false };
  const architecture = resolveArchitecture(settings, read.vocabularySize);
  const weights = initialize(architecture, 1);
  // What is added to the embedding is nothing, so that every position ends as a vector of ones.
  for (const [name, { data }] of Object.entries(weights)) if (/o_proj|down_proj|lm_head/.test(name)) data.fill(0);
  weights[embeddingName]!.data.fill(1);
  const { hiddenSize } = architecture;
  for (const ids of await read.encodeBatch([...letters]))
    weights[headName]!.data.fill(1, ids[0]! * hiddenSize, (ids[0]! + 1) * hiddenSize);
  return putModel(context, { architecture, weights, tokens: specialTokens(read) }, directory);
}

async function compare(settings: Partial<StageWith<"evaluate">>) {
  const judge = { kind: "module" as const, path: "modules/letter.mjs", prefer: "more" as const };
  const asking = { comparisons: [comparisons], judge, temperature: 1, maxNewTokens: 1, batchSize: 64, ...settings };
  const { outputs, metrics } = await runStage("evaluate", asking, context);
  return { metrics, ...(await readEvaluation(await context.openArtifact(outputs.evaluation))).comparison! };
}

describe("the two sides of a win rate", () => {
  // Four standard errors.
  const bound = 4 * Math.sqrt(0.25 / prompts);

  test("are drawn independently: scores of 2 … 11 win against scores of 1 … 10 in 59.5 %, not always", async () => {
    const [low, high] = [await writes("abcdefghij"), await writes("bcdefghijk")];
    const { winRate } = await compare({ model: high, against: low });
    expect(Math.abs(winRate - 0.595)).toBeLessThan(bound);
  });

  test("of one model, too: it wins against itself in half, and ties where both say the same by chance", async () => {
    const model = await writes("abcdefghij");
    const { winRate, ties } = await compare({ model, against: model });
    expect(Math.abs(winRate - 0.5)).toBeLessThan(bound);
    expect(Math.abs(ties / prompts - 0.1)).toBeLessThan(4 * Math.sqrt(0.09 / prompts));
  });
});
