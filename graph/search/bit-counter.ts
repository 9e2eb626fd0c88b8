/**
 * Counts for each bit how often it is set in a row of words, in about two steps per word: digit p
 * of all 32 counts lies in word p, and adding a word is adding a one-digit number to each
 * ("bit-sliced" counters).
 */
export class BitCounter {
  readonly #digits = new Uint32Array(32);
  #length = 0;

  add(word: number): void {
    let carry = word;
    for (let p = 0; carry !== 0; p++) {
      const digit = this.#digits[p]!;
      this.#digits[p] = digit ^ carry;
      carry &= digit;
      if (p === this.#length) this.#length++;
    }
  }

  /** Writes the count of each bit and resets the counts. @param counts [32] */
  take(counts: Uint32Array): void {
    counts.fill(0);
    for (let p = 0; p < this.#length; p++) {
      const digit = this.#digits[p]!;
      for (let bit = 0; bit < 32; bit++) counts[bit]! += ((digit >>> bit) & 1) << p;
      this.#digits[p] = 0;
    }
    this.#length = 0;
  }
}

/** The number of set bits in a 32-bit word (Warren, "Hacker's delight", 5-1). */
export function bitCount(word: number): number {
  let pairs = word - ((word >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
