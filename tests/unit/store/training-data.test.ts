import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { ArtifactKind, ArtifactRef } from "../../../schemas/artifact.js";
import type { JsonObject } from "../../../platform/json.js";
import { stageDefinitions, type StageType } from "../../../schemas/stages/index.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { layout } from "../../../store/home.js";
import { recordResult, stageKey } from "../../../store/records/results.js";
import { findTrainingData } from "../../../store/changes/training-data.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();

/** An artifact of its own content. */
function made<K extends ArtifactKind>(kind: K, content: string): Promise<ArtifactRef<K>> {
  return putArtifact(home(), kind, (directory) => writeFileSync(path.join(directory, "content"), content));
}

/** Records that a stage made artifacts out of others. */
async function record(uses: StageType, settings: object, outputs: Record<string, ArtifactRef>): Promise<string> {
  const now = new Date().toISOString();
  const identity = {
    uses,
    version: stageDefinitions[uses].version,
    with: settings as JsonObject,
    seed: 1,
    compute: null,
    source: null,
  };
  const lineage = { runId: "run", stage: "stage", startedAt: now, endedAt: now, machine: "m" };
  const key = stageKey(identity);
  await recordResult(home(), { ...identity, key, outputs, metrics: {}, lineage });
  return key;
}

/**
 * Text, questions and preferences, and the models that a pipeline with all kinds of training makes
 * of them.
 */
async function pipeline() {
  const [text, unseen, vocabulary, questions, preferences, prompts, sums, long] = await Promise.all(
    ["text", "unseen", "vocabulary", "questions", "preferences", "prompts", "sums", "long"].map((name) =>
      made("dataset", name),
    ),
  );
  const tokens = async (train: ArtifactRef, heldOut: ArtifactRef) => {
    const outputs = {
      tokenizer: await made("tokenizer", train.digest),
      tokens: await made("tokens", train.digest),
      heldOut: await made("tokens", heldOut.digest),
    };
    await record("tokenize", { train: [train], heldOut: [heldOut], vocabularyFrom: [vocabulary] }, outputs);
    return outputs;
  };
  const ofText = await tokens(text!, unseen!);
  const base = { model: await made("model", "base"), initial: await made("model", "initial") };
  const pretrained = { tokens: ofText.tokens, heldOut: ofText.heldOut, steps: 3 };
  const pretraining = await record("pretrain", pretrained, base);
  const extended = await made("model", "extended");
  const longTokens = (await tokens(long!, unseen!)).tokens;
  await record("extend-context", { model: base.model, tokens: longTokens }, { model: extended });
  const chat = await made("model", "chat");
  await record("sft", { model: extended, data: [questions], heldOut: [unseen] }, { model: chat });
  const rewardModel = await made("reward-model", "reward");
  await record("reward-model", { model: chat, data: [preferences], heldOut: [unseen] }, { rewardModel });
  const preferred = await made("model", "preferred");
  await record("ppo", { model: chat, rewardModel, prompts: [prompts] }, { model: preferred });
  const reasoned = await made("model", "reasoned");
  const judge = { kind: "exact" };
  await record("grpo", { model: preferred, prompts: [sums], verifiers: [judge] }, { model: reasoned });
  const data = { text, unseen, vocabulary, questions, preferences, prompts, sums, long };
  return { data: data as Record<keyof typeof data, ArtifactRef>, base, chat, reasoned, pretraining, pretrained };
}

const digests = (refs: readonly ArtifactRef[]): string[] => refs.map(({ digest }) => digest).sort();

describe("what a model has learned from", () => {
  it("is every dataset of every training in its lineage, and nothing that was only measured on", async () => {
    const { data, base, chat, reasoned } = await pipeline();
    const of = async (model: ArtifactRef) => {
      const { datasets, unknown } = await findTrainingData(home(), model);
      expect(unknown).toEqual([]);
      return digests(datasets);
    };
    expect(await of(base.initial)).toEqual([]);
    expect(await of(base.model)).toEqual(digests([data.text]));
    expect(await of(chat)).toEqual(digests([data.text, data.long, data.questions]));
    const all = [data.text, data.long, data.questions, data.preferences, data.prompts, data.sums];
    expect(await of(reasoned)).toEqual(digests(all));
  });

  it("is unknown where no result says so, however much else is known", async () => {
    const { data, chat, pretraining, base } = await pipeline();
    rmSync(layout.result(home(), pretraining));
    const { datasets, unknown } = await findTrainingData(home(), chat);
    expect(digests(datasets)).toEqual(digests([data.long, data.questions]));
    const name = base.model.digest.slice(0, 12);
    expect(unknown).toEqual([`no result in the store records what model ${name} was made from`]);
  });

  it("is unknown of a model that nothing made, in a store without results", async () => {
    const { unknown } = await findTrainingData(home(), await made("model", "found"));
    expect(unknown).toHaveLength(1);
  });

  it("is unknown where a result is damaged, and reported", async () => {
    const { base, pretraining } = await pipeline();
    writeFileSync(layout.result(home(), pretraining), "{");
    const told: string[] = [];
    const { unknown } = await findTrainingData(home(), base.model, ({ of }) => told.push(of));
    expect(unknown).toHaveLength(1);
    expect(told).toEqual(["result of a stage"]);
  });

  it("is unknown where a dataset has left the store", async () => {
    const { data, base } = await pipeline();
    rmSync(layout.object(home(), data.text.digest), { recursive: true });
    const { datasets, unknown } = await findTrainingData(home(), base.model);
    expect(datasets).toEqual([]);
    expect(unknown).toEqual([`dataset ${data.text.digest.slice(0, 12)} is no longer in the store`]);
  });

  it("is unknown where a result has a setting that the stage no longer has: it may name data", async () => {
    const model = await made("model", "old");
    const data = await made("dataset", "rows");
    await record("sft", { model: (await pipeline()).base.model, data: [data], moreData: [data] }, { model });
    const { unknown } = await findTrainingData(home(), model);
    expect(unknown).toEqual([
      `a result of sft does not record what model ${model.digest.slice(0, 12)} has learned from`,
    ]);
  });

  it("of what a program or a stage of one's own trains, is what it says that it learns from", async () => {
    const { base, data } = await pipeline();
    const [own, other] = [await made("dataset", "own"), await made("dataset", "measured on")];
    const [byCommand, byOwn, silent] = [
      await made("model", "command"),
      await made("model", "own"),
      await made("model", "?"),
    ];
    const inputs = { base: base.model, rows: own, tests: other };
    const outputs = { model: "model", other: "model" };
    const learnsFrom = { model: ["base", "rows"] };
    await record("command", { run: ["train"], inputs, outputs, learnsFrom }, { model: byCommand, other: silent });
    const settings = { model: byCommand, mixture: [{ data: [own] }], tests: other };
    const learning = { model: ["model", "mixture"] };
    await record("module", { file: "./stages/own.ts", settings, learnsFrom: learning }, { model: byOwn });
    for (const model of [byCommand, byOwn]) {
      const { datasets, unknown } = await findTrainingData(home(), model);
      expect(unknown).toEqual([]);
      expect(digests(datasets)).toEqual(digests([data.text, own]));
    }
    // Nothing is said of the other output.
    expect((await findTrainingData(home(), silent)).unknown).toHaveLength(1);
    await record(
      "activity",
      { activity: "train", inputs: { rows: own }, outputs },
      { model: await made("model", "far") },
    );
    expect((await findTrainingData(home(), await made("model", "far"))).unknown).toHaveLength(1);
  });

  it("of bytes that two results made, is what either learned from", async () => {
    const { base, data, pretrained } = await pipeline();
    const other = await made("dataset", "other");
    const tokens = await made("tokens", "other");
    await record("tokenize", { train: [other] }, { tokens });
    await record("pretrain", { ...pretrained, tokens, steps: 0 }, { model: base.model, initial: base.initial });
    expect(digests((await findTrainingData(home(), base.model)).datasets)).toEqual(digests([data.text, other]));
    expect((await findTrainingData(home(), base.initial)).datasets).toEqual([]);
  });
});
