import path from "node:path";
import { readFirstDocuments } from "../../formats/tokens.js";
import { readVocabulary, type VocabularyToken } from "../../formats/vocabulary.js";

/** A token as a person reads it. */
export interface ShownToken {
  id: number;
  /** With control characters, and bytes that are no whole character, made visible. */
  text: string;
  /** It stands for no text. */
  isSpecial?: true;
}

export interface ShownVocabulary {
  /** All tokens, those of single bytes, and those that stand for no text. */
  count: number;
  bytes: number;
  special: number;
  /** The first ones that were learned, by id: those of several bytes. */
  learned: ShownToken[];
}

export interface ShownDocuments {
  /** All documents and tokens of the artifact. */
  count: number;
  tokens: number;
  /** The beginnings of the first documents; `count`: tokens of the whole document. */
  first: { tokens: ShownToken[]; count: number }[];
}

/** The vocabulary of a tokenizer.json. @throws PawlError TOKENIZER_MISMATCH */
export async function previewVocabulary(file: string, maxTokens: number): Promise<ShownVocabulary> {
  const tokens = await readVocabulary(file);
  const vocabulary: ShownVocabulary = { count: 0, bytes: 0, special: 0, learned: [] };
  tokens.forEach((token, id) => {
    vocabulary.count++;
    if ("special" in token) vocabulary.special++;
    else if (token.bytes.length === 1) vocabulary.bytes++;
    else if (vocabulary.learned.length < maxTokens) vocabulary.learned.push(printableToken(token, id));
  });
  return vocabulary;
}

/**
 * The beginnings of the first documents of a tokens artifact, read with the tokenizer that it
 * holds.
 * @throws PawlError TOKENIZER_MISMATCH, ARTIFACT_CORRUPT
 */
export async function previewDocuments(
  directory: string,
  most: { documents: number; tokens: number },
): Promise<ShownDocuments> {
  const vocabulary = await readVocabulary(path.join(directory, "tokenizer.json"));
  const { facts, documents } = await readFirstDocuments(directory, most);
  const first = documents.map(({ ids, count }) => ({
    tokens: Array.from(ids, (id) => printableToken(vocabulary[id], id)),
    count,
  }));
  return { count: facts.documents, tokens: facts.tokens, first };
}

function printableToken(token: VocabularyToken | undefined, id: number): ShownToken {
  if (token === undefined) return { id, text: `<${id}>`, isSpecial: true };
  return "special" in token ? { id, text: token.special, isSpecial: true } : { id, text: visible(token.bytes) };
}

const names: Readonly<Record<string, string>> = { "\n": "⏎", "\t": "⇥" };
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * `⏎` for a line feed, `⇥` for a tab, `\xe2` for another character that nobody sees, or a byte that
 * is no whole one.
 */
function visible(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const character = characterAt(bytes, at);
    text +=
      character?.replace(invisible, (found) => names[found] ?? escaped(Buffer.from(found))) ?? escaped([bytes[at]!]);
    at += character === undefined ? 1 : Buffer.byteLength(character);
  }
  return text;
}

/** The character that begins at a place; undefined if none does. */
function characterAt(bytes: Uint8Array, at: number): string | undefined {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  try {
    return decoder.decode(bytes.subarray(at, at + length));
  } catch {
    return undefined;
  }
}

const escaped = (bytes: Iterable<number>): string =>
  Array.from(bytes, (byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
