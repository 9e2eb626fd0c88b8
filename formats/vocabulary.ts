import { readFile } from "node:fs/promises";
import { PawlError } from "../platform/errors.js";
import { byteCharacters } from "../platform/text/byte-characters.js";
import { isObject } from "../platform/json.js";

/** What a token of a byte-level vocabulary stands for: bytes, or something that is no text. */
export type VocabularyToken = { bytes: Uint8Array } | { special: string };

const bytesByCharacter = new Map(byteCharacters.map((character, byte) => [character, byte]));

/**
 * The tokens of a tokenizer.json by their ids.
 * @throws PawlError TOKENIZER_MISMATCH if the file has no vocabulary of strings with ids
 */
export async function readVocabulary(file: string): Promise<VocabularyToken[]> {
  const { model, added_tokens: added = [] } = parse(await readFile(file, "utf8"), file);
  const tokens: VocabularyToken[] = [];
  for (const [token, id] of Object.entries(model.vocab)) tokens[id] = { bytes: tokenBytes(token) };
  for (const { id, content } of added) tokens[id] = { special: content };
  return tokens;
}

interface TokenizerFile {
  model: { vocab: Record<string, number> };
  added_tokens?: { id: number; content: string }[];
}

function parse(text: string, file: string): TokenizerFile {
  const invalid = new PawlError("TOKENIZER_MISMATCH", "tokenizer.json has no vocabulary", {
    where: file,
    expected: "model.vocab: tokens with their ids",
  });
  try {
    const read: unknown = JSON.parse(text);
    if (isObject(read) && isObject(read.model) && isObject(read.model.vocab)) return read as unknown as TokenizerFile;
  } catch {
    throw invalid;
  }
  throw invalid;
}

/**
 * A character that does not stand for a byte stands for itself, as in other kinds of vocabularies.
 */
function tokenBytes(token: string): Uint8Array {
  const characters = [...token];
  const bytes = characters.map((character) => bytesByCharacter.get(character));
  return bytes.includes(undefined) ? Buffer.from(token, "utf8") : Uint8Array.from(bytes as number[]);
}
