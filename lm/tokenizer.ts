import type { Tokenizer as NativeTokenizer } from "tokenizers";
import { PawlError } from "../schemas/errors.js";

/** Tokens that no text can produce: they end and frame it. */
export const specialTokens = {
  endOfText: "<|endoftext|>",
  messageStart: "<|im_start|>",
  messageEnd: "<|im_end|>",
  pad: "<|pad|>",
} as const;
export type SpecialToken = keyof typeof specialTokens;

/**
 * A byte-level BPE tokenizer (Hugging Face's Rust core) read from the text of tokenizer.json.
 * Encoding takes text as text: `<|im_end|>` inside it becomes ordinary tokens, so data can never forge an end of turn.
 */
export class Tokenizer {
  private constructor(
    private readonly plain: NativeTokenizer,
    private readonly full: NativeTokenizer,
    /** Tokens in all, special ones included: ids are 0 … vocabularySize − 1. */
    readonly vocabularySize: number,
    /** Ids of the special tokens. */
    readonly special: Readonly<Record<SpecialToken, number>>,
  ) {}

  /** @throws PawlError TOKENIZER_MISMATCH if the text is no tokenizer or lacks one of the special tokens. */
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
    return (await this.plain.encode(text)).getIds();
  }

  /** The ids of several texts; uses all cores. */
  async encodeBatch(texts: string[]): Promise<number[][]> {
    return (await this.plain.encodeBatch(texts)).map((encoding) => encoding.getIds());
  }

  /** The text of ids. Bytes that are not UTF-8 (a character cut in two) become U+FFFD. */
  async decode(ids: ArrayLike<number>, options: { keepSpecial?: boolean } = {}): Promise<string> {
    return this.full.decode(Array.from(ids), options.keepSpecial !== true);
  }
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
