/**
 * Byte-level byte-pair encoding, trained from word counts (Sennrich et al. 2016; byte level as in
 * GPT-2). Text is cut into words by Qwen2's pattern, each word into bytes; the most frequent
 * adjacent pair is merged, repeatedly. Ties go to the pair of smaller ids, so the merges depend on
 * the counts alone, never on the order of words. Same order of merges as Hugging Face's trainer,
 * which has no size option in its Node package.
 */
import { byteCharacters } from "../../platform/text/byte-characters.js";

/** Qwen2's pre-tokenizer, as tokenizer.json needs it (the syntax of Rust's regular expressions). */
export const wordPattern =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
/** The same in JavaScript's syntax, which on Node 20 has no `(?i:…)`. */
const wordExpression =
  /'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

/**
 * Places at which no word ever continues: after a line end that no space follows, and before a
 * space between letters.
 */
const cutExpression = /\n(?=\S)|\p{L}(?= \p{L})/gu;

/**
 * Cuts a long text into pieces of about `size` characters at places where the word pattern cuts
 * anyway, so that the pieces' words (and tokens) are those of the whole. This holds for every
 * version of Unicode: the character before a single space ends a word, letter or not.
 */
export function* pieces(text: string, size: number): Generator<string> {
  let start = 0;
  while (start + size < text.length) {
    cutExpression.lastIndex = start + size;
    const cut = cutExpression.exec(text);
    if (!cut) break;
    const end = cut.index + cut[0].length;
    yield text.slice(start, end);
    start = end;
  }
  yield text.slice(start);
}

/**
 * A JavaScript Map holds at most 2^24 entries: beyond half of that, words seen once are forgotten.
 */
const maximumWords = 1 << 23;

export type WordCounts = Map<string, number>;

/** Adds a text's words to the counts. */
export function countWords(counts: WordCounts, text: string): void {
  for (const word of text.match(wordExpression) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  if (counts.size > maximumWords) for (const [word, count] of counts) if (count === 1) counts.delete(word);
}

/** The 256 first tokens, in the order of their characters: a byte's id is its place here. */
export const alphabet: readonly string[] = [...byteCharacters].sort((a, b) => a.charCodeAt(0) - b.charCodeAt(0));

export type Merge = readonly [left: string, right: string];

interface Pair {
  count: number;
  /** Words that hold the pair, or held it. */
  words: number[];
}

const idLimit = 2 ** 20;

/**
 * Learns up to `limit` merges; fewer if no pair remains that occurs at least twice. A generator, so
 * that the caller can report progress, let other work continue, or stop: yields the merges learned
 * so far.
 */
export function* learnMerges(counts: WordCounts, limit: number): Generator<number, Merge[]> {
  const tokens = [...alphabet];
  const words = [...counts].map(([word, count]) => ({ symbols: toSymbols(word), count }));
  const pairs = new Map<number, Pair>();
  const queue = new PairQueue();
  const add = (left: number, right: number, change: number, word: number) => {
    const key = left * idLimit + right;
    let pair = pairs.get(key);
    if (!pair) pairs.set(key, (pair = { count: 0, words: [] }));
    pair.count += change;
    if (change > 0 && pair.words.at(-1) !== word) pair.words.push(word);
    return key;
  };

  words.forEach(({ symbols, count }, index) => {
    for (let i = 1; i < symbols.length; i++) add(symbols[i - 1]!, symbols[i]!, count, index);
  });
  for (const [key, { count }] of pairs) queue.push(key, count);

  const merges: Merge[] = [];
  while (merges.length < limit) {
    const top = queue.pop();
    if (!top) break;
    const pair = pairs.get(top.key)!;
    if (pair.count !== top.count) {
      // The count fell since it was queued: queue it again where it belongs.
      if (pair.count > 1) queue.push(top.key, pair.count);
      continue;
    }
    if (top.count < 2) break;
    const left = Math.floor(top.key / idLimit);
    const right = top.key % idLimit;
    const merged = tokens.push(tokens[left]! + tokens[right]!) - 1;
    merges.push([tokens[left]!, tokens[right]!]);
    const born = new Set<number>();
    for (const index of pair.words) {
      const { symbols, count } = words[index]!;
      mergeWord(symbols, left, right, merged, (a, b, sign) => {
        const key = add(a, b, sign * count, index);
        if (sign > 0) born.add(key);
      });
    }
    pairs.delete(top.key);
    for (const key of born) queue.push(key, pairs.get(key)!.count);
    yield merges.length;
  }
  return merges;
}

/** A word's bytes as ids. */
function toSymbols(word: string): number[] {
  return Array.from(Buffer.from(word, "utf8"), (byte) => byteIds[byte]!);
}
const byteIds = byteCharacters.map((character) => alphabet.indexOf(character));

/** Replaces every `left right` in place, and reports how the adjacent pairs change. */
function mergeWord(
  symbols: number[],
  left: number,
  right: number,
  merged: number,
  change: (a: number, b: number, sign: 1 | -1) => void,
): void {
  let kept = 0;
  for (let i = 0; i < symbols.length;) {
    if (symbols[i] !== left || symbols[i + 1] !== right) {
      symbols[kept++] = symbols[i++]!;
      continue;
    }
    if (kept > 0) {
      change(symbols[kept - 1]!, left, -1);
      change(symbols[kept - 1]!, merged, 1);
    }
    const next = symbols[i + 2];
    if (next !== undefined) {
      change(right, next, -1);
      change(merged, next, 1);
    }
    symbols[kept++] = merged;
    i += 2;
  }
  symbols.length = kept;
}

/** Binary heap: highest count first, then the smaller pair. */
class PairQueue {
  private readonly keys: number[] = [];
  private readonly counts: number[] = [];

  push(key: number, count: number): void {
    let at = this.keys.length;
    this.keys.push(key);
    this.counts.push(count);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(at, parent)) break;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): { key: number; count: number } | undefined {
    const last = this.keys.length - 1;
    if (last < 0) return undefined;
    this.swap(0, last);
    const top = { key: this.keys.pop()!, count: this.counts.pop()! };
    for (let at = 0; ;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < last && this.before(child, first)) first = child;
      if (first === at) return top;
      this.swap(at, first);
      at = first;
    }
  }

  private before(a: number, b: number): boolean {
    const difference = this.counts[a]! - this.counts[b]!;
    return difference > 0 || (difference === 0 && this.keys[a]! < this.keys[b]!);
  }

  private swap(a: number, b: number): void {
    [this.keys[a], this.keys[b]] = [this.keys[b]!, this.keys[a]!];
    [this.counts[a], this.counts[b]] = [this.counts[b]!, this.counts[a]!];
  }
}
