import { copyFile, open, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PawlError } from "../platform/errors.js";
import { shortJson } from "../platform/json.js";
import { readInto } from "./read-into.js";

/**
 * The artifact `tokens`: encoded text. `tokens.bin`: the documents one after another, each ended by
 * the end-of-text token; little-endian uint16, or uint32 when the vocabulary has more than 65,536
 * tokens. `documents.bin`: where each document starts, in tokens (uint32). `tokens.json`: the
 * facts. `tokenizer.json` and `tokenizer_config.json`: the tokenizer, for model directories.
 */
export interface TokensFacts {
  vocabularySize: number;
  /** Id of the token that ends every document. */
  endOfText: number;
  /** Id of the padding token; never equal to an end token. */
  pad: number;
  /** All tokens, end tokens included. */
  tokens: number;
  documents: number;
  /** UTF-8 bytes of the text that the tokens stand for. */
  bytes: number;
  /** SHA-256 (hex) of tokenizer.json. */
  tokenizerDigest: string;
}

export interface Tokens {
  facts: TokensFacts;
  /** The end-of-text token, then all ids: each is predicted from those before it. [tokens + 1] */
  stream: Uint16Array | Uint32Array;
  /** Ids, [tokens]; a view of `stream`. */
  tokens: Uint16Array | Uint32Array;
  /** First token of each document, [documents]. */
  documents: Uint32Array;
}

export const tokenizerFiles = ["tokenizer.json", "tokenizer_config.json"] as const;
const flushAt = 1 << 19;
/** A document's start is a uint32. */
const maxTokens = 0xffffffff;

/** Copies the tokenizer's two files from one artifact directory into another. */
export async function copyTokenizer(from: string, to: string): Promise<void> {
  for (const name of tokenizerFiles) await copyFile(join(from, name), join(to, name));
}

export interface TokensWriter {
  /**
   * @param ids the document's tokens, without an end token;
   * @param bytes UTF-8 bytes of its text.
   */
  write(ids: ArrayLike<number>, bytes: number): Promise<void>;
  /**
   * Writes `documents.bin` and `tokens.json` and returns the content of the latter. The file is
   * closed even if that fails.
   */
  close(): Promise<TokensFacts>;
}

/**
 * Begins a tokens artifact in an empty directory; the tokenizer's files are put there by
 * `copyTokenizer`.
 */
export async function createTokensWriter(
  directory: string,
  tokenizer: Pick<TokensFacts, "vocabularySize" | "endOfText" | "pad" | "tokenizerDigest">,
): Promise<TokensWriter> {
  const file = await open(join(directory, "tokens.bin"), "wx");
  const starts: number[] = [];
  const facts: TokensFacts = { ...tokenizer, tokens: 0, documents: 0, bytes: 0 };
  let buffer: number[] = [];
  const flush = async () => {
    const ids = idArray(facts.vocabularySize).from(buffer);
    buffer = [];
    await file.appendFile(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength));
  };
  return {
    async write(ids, bytes) {
      if (facts.tokens > maxTokens) throw tooMany();
      starts.push(facts.tokens);
      for (let i = 0; i < ids.length; i++) buffer.push(ids[i]!);
      buffer.push(facts.endOfText);
      facts.tokens += ids.length + 1;
      facts.documents += 1;
      facts.bytes += bytes;
      if (buffer.length >= flushAt) await flush();
    },
    async close() {
      try {
        await flush();
      } finally {
        await file.close();
      }
      await writeFile(join(directory, "documents.bin"), new Uint8Array(Uint32Array.from(starts).buffer));
      await writeFile(join(directory, "tokens.json"), JSON.stringify(facts, null, 2) + "\n");
      return facts;
    },
  };
}

/** @throws PawlError ARTIFACT_CORRUPT if its counts are none */
async function readTokensFacts(directory: string): Promise<TokensFacts> {
  const file = join(directory, "tokens.json");
  const facts = JSON.parse(await readFile(file, "utf8")) as TokensFacts;
  const isCount = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= maxTokens;
  if (isCount(facts.tokens) && isCount(facts.documents) && isCount(facts.vocabularySize)) return facts;
  throw new PawlError("ARTIFACT_CORRUPT", "the facts about the tokens hold a number that is no count", {
    where: file,
    expected: `whole numbers up to ${maxTokens}`,
    got: shortJson(facts),
    next: "run the stage that wrote it again",
  });
}

async function refuseLength(file: string, expected: number): Promise<void> {
  const { size } = await stat(file);
  if (size !== expected) throw wrongLength(file, expected, size);
}

/**
 * Reads a tokens artifact into memory, 2 or 4 bytes per token: piece by piece, straight to its
 * final place.
 * @param largestPiece maximum number of bytes of one read (tests)
 * @throws PawlError ARTIFACT_CORRUPT if the length of a file does not match the facts
 */
export async function readTokens(directory: string, largestPiece?: number): Promise<Tokens> {
  const facts = await readTokensFacts(directory);
  const Ids = idArray(facts.vocabularySize);
  // Counts that do not match the files would otherwise be allocated first.
  await refuseLength(join(directory, "tokens.bin"), facts.tokens * Ids.BYTES_PER_ELEMENT);
  await refuseLength(join(directory, "documents.bin"), facts.documents * Uint32Array.BYTES_PER_ELEMENT);
  const stream = new Ids(facts.tokens + 1);
  stream[0] = facts.endOfText;
  const tokens = stream.subarray(1);
  const documents = new Uint32Array(facts.documents);
  await fill(tokens, join(directory, "tokens.bin"), largestPiece);
  await fill(documents, join(directory, "documents.bin"), largestPiece);
  return { facts, stream, tokens, documents };
}

/** The beginning of a document, as ids. */
export interface DocumentTokens {
  ids: Uint16Array | Uint32Array;
  /** Tokens of the whole document, its end token included. */
  count: number;
}

/**
 * Reads the first tokens of the first documents of a tokens artifact, and nothing else of it.
 * @throws PawlError ARTIFACT_CORRUPT if a file ends before the facts say so
 */
export async function readFirstDocuments(
  directory: string,
  most: { documents: number; tokens: number },
): Promise<{ facts: TokensFacts; documents: DocumentTokens[] }> {
  const facts = await readTokensFacts(directory);
  const count = Math.min(facts.documents, most.documents);
  const starts = new Uint32Array(Math.min(facts.documents, count + 1));
  await fillPart(starts, join(directory, "documents.bin"), 0);
  const documents: DocumentTokens[] = [];
  for (let i = 0; i < count; i++) {
    const [start, end] = [starts[i]!, starts[i + 1] ?? facts.tokens];
    const ids = new (idArray(facts.vocabularySize))(Math.min(most.tokens, Math.max(0, end - start)));
    await fillPart(ids, join(directory, "tokens.bin"), start);
    documents.push({ ids, count: end - start });
  }
  return { facts, documents };
}

/** Fills an array from a place in a file. @param from in elements of the array */
async function fillPart(array: Uint16Array | Uint32Array, file: string, from: number): Promise<void> {
  const handle = await open(file, "r");
  try {
    const read = await readInto(handle, array, from * array.BYTES_PER_ELEMENT);
    if (read < array.byteLength) throw wrongLength(file, array.byteLength, read);
  } finally {
    await handle.close();
  }
}

function idArray(vocabularySize: number): Uint16ArrayConstructor | Uint32ArrayConstructor {
  return vocabularySize > 65_536 ? Uint32Array : Uint16Array;
}

/** Fills an array with a file's bytes. */
async function fill(array: Uint16Array | Uint32Array, file: string, largestPiece?: number): Promise<void> {
  const handle = await open(file, "r");
  try {
    const read = await readInto(handle, array, 0, largestPiece);
    if (read < array.byteLength) throw wrongLength(file, array.byteLength, read);
  } finally {
    await handle.close();
  }
}

function tooMany(): PawlError {
  return new PawlError("DATA_INVALID", "there are too many tokens for one artifact", {
    expected: `at most ${maxTokens} tokens`,
    got: "more",
    next: "lower the dataset's limit, or tokenize in several stages",
  });
}

function wrongLength(file: string, expected: number, got: number): PawlError {
  return new PawlError("ARTIFACT_CORRUPT", "the length of a file of tokens does not match its facts", {
    where: file,
    expected: `${expected} bytes`,
    got: `${got} bytes`,
    next: "run the stage that wrote it again",
  });
}
