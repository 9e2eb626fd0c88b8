/**
 * Words of a gram: the length at which GPT-3 looked for overlap with its training data (Brown et
 * al. 2020, appendix C).
 */
export const gramWords = 13;

const word = /[\p{L}\p{N}]+/gu;

/**
 * A text's words: compatibility forms made equal (NFKC), in lower case, runs of letters and digits.
 */
export function normalizedWords(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().match(word) ?? [];
}

/** Odd factors of the two polynomial hashes of a window, and of the second hash of a word. */
const [factorA, factorB, factorWord] = [0x9e3779b1, 0x85ebca6b, 0x01000193];
const { imul } = Math;

/** Factor to the power of 0 … gramWords, modulo 2^32. */
const factorPowers = (factor: number): Int32Array => {
  const powers = new Int32Array(gramWords + 1).fill(1);
  for (let i = 1; i <= gramWords; i++) powers[i] = imul(powers[i - 1]!, factor);
  return powers;
};
const [powersA, powersB] = [factorPowers(factorA), factorPowers(factorB)];

/** Size of the ring of prefixes, less one: a power of two above gramWords. */
const ring = 15;

/** Spreads each bit of a 32-bit number over all others (the finalizer of MurmurHash3). */
function mixed(hash: number): number {
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/**
 * The last words of a text as 64-bit hashes of windows that end at its newest word (Rabin & Karp
 * 1987; two polynomials modulo 2^32 over hashes of words). A window's hash costs the same whatever
 * its length.
 */
class Windows {
  /** Words so far. */
  words = 0;
  /** Hashes of the prefixes that end at the last words, in a ring. */
  readonly #a = new Int32Array(ring + 1);
  readonly #b = new Int32Array(ring + 1);

  add(text: string): void {
    let [a, b] = [0x811c9dc5, 0];
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      a = imul(a ^ unit, factorWord);
      b = imul(b, 31) + unit;
    }
    const [last, next] = [this.words & ring, (this.words + 1) & ring];
    this.#a[next] = imul(this.#a[last]!, factorA) + mixed(a);
    this.#b[next] = imul(this.#b[last]!, factorB) + mixed(b);
    this.words++;
  }

  /** First half of the hash of the last `length` words, which must exist. */
  hashA(length: number): number {
    const [last, before] = [this.words & ring, (this.words - length) & ring];
    return mixed((this.#a[last]! - imul(this.#a[before]!, powersA[length]!)) ^ length);
  }

  /** The second half. */
  hashB(length: number): number {
    const [last, before] = [this.words & ring, (this.words - length) & ring];
    return mixed(this.#b[last]! - imul(this.#b[before]!, powersB[length]!));
  }
}

/**
 * The grams of held-out rows: every 13 consecutive words, and a row of fewer words as a whole.
 * Finds those that occur in other texts. A gram is identified by a 64-bit hash: the probability
 * that any of a billion windows of training text matches one of a million held-out grams by mistake
 * is about 1/20,000.
 */
export class HeldOutGrams {
  /** Whether each gram has been found. */
  #found = new Uint8Array(64);
  /** Hashes of the grams, two numbers each. */
  #hashes = new Int32Array(128);
  #count = 0;
  /** Open addressing, linear probing: number of a gram + 1, or 0. */
  #table = new Int32Array(256);
  /**
   * One bit for each value of some bits of a hash, set if a gram has it: small enough for a cache,
   * and mostly 0.
   */
  #filter = new Uint8Array(128);
  /** Lengths that grams have, words. */
  readonly #lengths = new Set<number>();

  /**
   * Adds a row.
   * @returns the numbers of its grams, in order, equal grams as often as they occur; none without
   *   words
   */
  add(text: string): Int32Array {
    const words = normalizedWords(text);
    const length = Math.min(gramWords, words.length);
    if (length === 0) return new Int32Array(0);
    this.#lengths.add(length);
    const windows = new Windows();
    const numbers = new Int32Array(words.length - length + 1);
    for (const next of words) {
      windows.add(next);
      if (windows.words >= length)
        numbers[windows.words - length] = this.#findNumber(windows.hashA(length), windows.hashB(length));
    }
    return numbers;
  }

  /** Marks the grams that occur in a text. @param pieces of one text, cut between words */
  *find(pieces: Iterable<string>): Generator<string> {
    const windows = new Windows();
    const lengths = [...this.#lengths];
    for (const piece of pieces) {
      for (const next of normalizedWords(piece)) {
        windows.add(next);
        for (const length of lengths) {
          if (length > windows.words) continue;
          const b = windows.hashB(length);
          if (!this.#mayHold(b)) continue;
          const number = this.#table[this.#findSlot(windows.hashA(length), b)]!;
          if (number > 0) this.#found[number - 1] = 1;
        }
      }
      yield piece;
    }
  }

  /** The number of these grams that have been found. */
  countFound(numbers: Int32Array): number {
    return numbers.reduce((sum, number) => sum + this.#found[number]!, 0);
  }

  #mayHold(b: number): boolean {
    return (this.#filter[(b >>> 3) & (this.#filter.length - 1)]! & (1 << (b & 7))) !== 0;
  }

  /** Enters a gram into the table and the filter. */
  #enter(number: number, a: number, b: number): void {
    this.#table[this.#findSlot(a, b)] = number + 1;
    this.#filter[(b >>> 3) & (this.#filter.length - 1)]! |= 1 << (b & 7);
  }

  #findNumber(a: number, b: number): number {
    const slot = this.#findSlot(a, b);
    if (this.#table[slot]! > 0) return this.#table[slot]! - 1;
    const number = this.#count++;
    if (number === this.#found.length) this.#grow();
    this.#hashes[2 * number] = a;
    this.#hashes[2 * number + 1] = b;
    this.#enter(number, a, b);
    return number;
  }

  /** The place of a gram in the table, or where it would be. */
  #findSlot(a: number, b: number): number {
    const mask = this.#table.length - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const number = this.#table[slot]! - 1;
      if (number < 0 || (this.#hashes[2 * number] === a && this.#hashes[2 * number + 1] === b)) return slot;
    }
  }

  /** Doubles the table, which stays at most a quarter full. */
  #grow(): void {
    const { length } = this.#found;
    const [found, hashes] = [new Uint8Array(2 * length), new Int32Array(4 * length)];
    found.set(this.#found);
    hashes.set(this.#hashes);
    [this.#found, this.#hashes] = [found, hashes];
    this.#table = new Int32Array(8 * length);
    this.#filter = new Uint8Array(4 * length);
    for (let number = 0; number < length; number++) this.#enter(number, hashes[2 * number]!, hashes[2 * number + 1]!);
  }
}
