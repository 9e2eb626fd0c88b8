import type { Tokenizer as NativeTokenizer } from "tokenizers";
import { byteCharacters } from "../../platform/text/byte-characters.js";
import { PawlError } from "../../platform/errors.js";
import { pieces } from "./bpe.js";

/** Tokens that no text can produce: they end and frame it. */
export const specialTokens = {
  endOfText: "<|endoftext|>",
  messageStart: "<|im_start|>",
  messageEnd: "<|im_end|>",
  pad: "<|pad|>",
} as const;
export type SpecialToken = keyof typeof specialTokens;

/**
 * Characters encoded together: enough for all cores; the core needs about a hundred bytes for each
 * token meanwhile.
 */
const charactersAtOnce = 1 << 20;
const charactersOfPiece = 1 << 17;

/**
 * A byte-level BPE tokenizer (Hugging Face's Rust core) read from the text of tokenizer.json.
 * Encoding treats text as text: `<|im_end|>` inside it becomes ordinary tokens, so data can never
 * forge an end of turn.
 */
export class Tokenizer {
  private constructor(
    private readonly plain: NativeTokenizer,
    private readonly full: NativeTokenizer,
    /** Total number of tokens, including special ones: ids are 0 … vocabularySize − 1. */
    readonly vocabularySize: number,
    /** Ids of the special tokens. */
    readonly special: Readonly<Record<SpecialToken, number>>,
  ) {}

  /**
   * @throws PawlError TOKENIZER_MISMATCH if the text is not a tokenizer or lacks one of the special
   *   tokens.
   */
  static async fromJson(text: string): Promise<Tokenizer> {
    const native = await import("tokenizers");
    try {
      const full = native.Tokenizer.fromString(text);
      const definition = JSON.parse(text) as { added_tokens: unknown[] };
      const plain = native.Tokenizer.fromString(JSON.stringify({ ...definition, added_tokens: [] }));
      const ids = Object.entries(specialTokens).map(([name, token]) => [name, requireToken(full, token)]);
      const special = Object.fromEntries(ids) as Record<SpecialToken, number>;
      return new Tokenizer(plain, full, full.getVocabSize(true), special);
    } catch (error) {
      if (error instanceof PawlError) throw error;
      throw new PawlError("TOKENIZER_MISMATCH", `tokenizer.json cannot be read: ${String(error)}`);
    }
  }

  /** The ids of a text, without any special token. */
  async encode(text: string): Promise<number[]> {
    return (await this.encodeBatch([text]))[0]!;
  }

  /** The ids of several texts, however long; uses all cores. */
  async encodeBatch(texts: readonly string[]): Promise<number[][]> {
    const ids = texts.map((): number[] => []);
    for (const group of groups(texts)) {
      const encoded = await this.plain.encodeBatch(group.map(({ piece }) => piece));
      for (const [i, { of }] of group.entries()) for (const id of encoded[i]!.getIds()) ids[of]!.push(id);
    }
    return ids;
  }

  /** The bytes that a token stands for; none for a special token. */
  tokenBytes(id: number): Uint8Array {
    if (Object.values(this.special).includes(id)) return new Uint8Array();
    return Uint8Array.from(this.full.idToToken(id) ?? "", (character) => bytesByCharacter.get(character) ?? 0);
  }

  /** The text of ids. Bytes that are not UTF-8 (a character cut in two) become U+FFFD. */
  async decode(ids: ArrayLike<number>, options: { keepSpecial?: boolean } = {}): Promise<string> {
    return this.full.decode(Array.from(ids), options.keepSpecial !== true);
  }
}

const bytesByCharacter = new Map(byteCharacters.map((character, byte) => [character, byte]));

interface Piece {
  piece: string;
  /** Index of the text it belongs to. */
  of: number;
}

/** The texts' pieces in order, some at a time. */
function* groups(texts: readonly string[]): Generator<Piece[]> {
  let group: Piece[] = [];
  let characters = 0;
  for (const [of, text] of texts.entries())
    for (const piece of pieces(text, charactersOfPiece)) {
      group.push({ piece, of });
      characters += piece.length;
      if (characters < charactersAtOnce) continue;
      yield group;
      group = [];
      characters = 0;
    }
  if (group.length > 0) yield group;
}

function requireToken(tokenizer: NativeTokenizer, token: string): number {
  const id = tokenizer.tokenToId(token);
  if (id === null)
    throw new PawlError("TOKENIZER_MISMATCH", `the tokenizer lacks the special token ${token}`, {
      expected: Object.values(specialTokens).join(", "),
      next: "use a tokenizer that a tokenize stage has trained",
    });
  return id;
}
