import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { readDatasetFacts, readTexts } from "../formats/dataset.js";
import { copyTokenizer, createTokensWriter, type TokensFacts } from "../formats/tokens.js";
import { alphabet, countWords, learnMerges, pieces, type Merge, type WordCounts } from "../lm/text/bpe.js";
import { tokenizerConfigJson, tokenizerJson } from "../lm/text/tokenizer-files.js";
import { specialTokens, Tokenizer } from "../lm/text/tokenizer.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import { sha256 } from "../platform/digests.js";
import { PawlError } from "../platform/errors.js";
import type { StageWith } from "../schemas/stages/index.js";
import { ByteProgress } from "./byte-progress.js";
import type { Stage, StageContext } from "./stage.js";

type Settings = StageWith<"tokenize">;

/** Tokens that exist before training: one for each byte, and the special ones. */
const fixedTokens = alphabet.length + Object.keys(specialTokens).length;
/**
 * Characters of text that are processed together: enough for all cores, few enough to stop soon.
 */
const chunkCharacters = 1 << 20;

/**
 * Trains a byte-level BPE tokenizer on the data (or uses an existing one) and encodes the training
 * and held-out rows. Of instruction rows both fields are text.
 */
export const tokenize: Stage<"tokenize"> = async (settings, context) => {
  const tokenizer = takenTokenizer(settings) ?? (await trainTokenizer(settings, context));
  const directory = await context.openArtifact(tokenizer);
  const progress = new ByteProgress(context, "encode");
  for (const ref of [...settings.train, ...settings.heldOut]) progress.expect(await datasetBytes(ref, context));
  const train = await encodeAll(settings.train, directory, context, progress);
  const heldOut = await encodeAll(settings.heldOut, directory, context, progress);
  if (train.facts.documents === 0) throw noText("with.train");
  return {
    outputs: { tokenizer, tokens: train.ref, heldOut: heldOut.ref },
    metrics: {
      vocabularySize: train.facts.vocabularySize,
      trainTokens: train.facts.tokens,
      heldOutTokens: heldOut.facts.tokens,
      trainDocuments: train.facts.documents,
      heldOutDocuments: heldOut.facts.documents,
      // End tokens stand for no bytes, so they are left out.
      bytesPerToken: train.facts.bytes / Math.max(1, train.facts.tokens - train.facts.documents),
    },
  };
};

function takenTokenizer({ tokenizer, vocabularyFrom }: Settings): ArtifactRef<"tokenizer"> | undefined {
  if (tokenizer === undefined || vocabularyFrom.length === 0) return tokenizer;
  throw new PawlError("NOT_ALLOWED", "`tokenizer` and `vocabularyFrom` cannot be combined", {
    where: "with.vocabularyFrom",
    expected: "either tokenizer or vocabularyFrom",
    got: "both",
  });
}

async function trainTokenizer(settings: Settings, context: StageContext): Promise<ArtifactRef<"tokenizer">> {
  const merges = await learn(settings, context);
  return context.putArtifact("tokenizer", async (directory) => {
    await writeFile(path.join(directory, "tokenizer.json"), tokenizerJson(merges));
    await writeFile(path.join(directory, "tokenizer_config.json"), tokenizerConfigJson(merges));
  });
}

/** Counts the words of all data sets and learns the merges that the vocabulary has room for. */
async function learn(settings: Settings, context: StageContext): Promise<Merge[]> {
  const sources = [...settings.train, ...settings.vocabularyFrom];
  const counts: WordCounts = new Map();
  const progress = new ByteProgress(context, "count words");
  for (const ref of sources) progress.expect(await datasetBytes(ref, context));
  for (const ref of sources)
    for await (const text of readTexts(await context.openArtifact(ref)))
      for (const piece of pieces(text, chunkCharacters)) {
        countWords(counts, piece);
        await progress.advance(Buffer.byteLength(piece));
      }
  if (counts.size === 0) throw noText("with.train");

  const wanted = settings.vocabularySize - fixedTokens;
  const learning = learnMerges(counts, wanted);
  const startedAt = performance.now();
  for (;;) {
    const next = learning.next();
    if (next.done === true) return checkSize(next.value, wanted);
    if (next.value % 64 !== 0) continue;
    await context.yield();
    const etaSeconds = ((performance.now() - startedAt) / 1000 / next.value) * (wanted - next.value);
    context.progress({ phase: "merge", done: next.value, total: wanted, unit: "merges", etaSeconds, metrics: {} });
  }
}

function checkSize(merges: Merge[], wanted: number): Merge[] {
  if (merges.length >= wanted) return merges;
  throw new PawlError("VOCABULARY_TOO_LARGE", "the data have too few different word parts for this vocabulary size", {
    where: "with.vocabularySize",
    expected: `at most ${merges.length + fixedTokens} with these data`,
    got: String(wanted + fixedTokens),
    next: "lower vocabularySize, or provide more text",
  });
}

async function encodeAll(
  refs: readonly ArtifactRef[],
  tokenizerDirectory: string,
  context: StageContext,
  progress: ByteProgress,
): Promise<{ ref: ArtifactRef<"tokens">; facts: TokensFacts }> {
  const json = await readFile(path.join(tokenizerDirectory, "tokenizer.json"), "utf8");
  const tokenizer = await Tokenizer.fromJson(json);
  let facts: TokensFacts | undefined;
  const ref = await context.putArtifact("tokens", async (directory) => {
    await copyTokenizer(tokenizerDirectory, directory);
    const writer = await createTokensWriter(directory, {
      vocabularySize: tokenizer.vocabularySize,
      endOfText: tokenizer.special.endOfText,
      pad: tokenizer.special.pad,
      tokenizerDigest: sha256(json),
    });
    try {
      for await (const texts of chunks(refs, context)) {
        const encoded = await tokenizer.encodeBatch(texts);
        for (const [i, ids] of encoded.entries()) {
          const bytes = Buffer.byteLength(texts[i]!);
          await writer.write(ids, bytes);
          await progress.advance(bytes);
        }
      }
    } finally {
      facts = await writer.close();
    }
  });
  return { ref, facts: facts! };
}

/** The texts of data sets in their order, some at a time. */
async function* chunks(refs: readonly ArtifactRef[], context: StageContext): AsyncGenerator<string[]> {
  let texts: string[] = [];
  let characters = 0;
  for (const ref of refs)
    for await (const text of readTexts(await context.openArtifact(ref))) {
      texts.push(text);
      characters += text.length;
      if (characters < chunkCharacters) continue;
      yield texts;
      texts = [];
      characters = 0;
    }
  if (texts.length > 0) yield texts;
}

async function datasetBytes(ref: ArtifactRef, context: StageContext): Promise<number> {
  return (await readDatasetFacts(await context.openArtifact(ref))).bytes;
}

function noText(where: string): PawlError {
  return new PawlError("DATA_EMPTY", "the data sets hold no text", {
    where,
    expected: "at least one row",
    got: "none",
    next: "check the dataset stages before this one",
  });
}
