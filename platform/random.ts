import { sha256Bytes } from "./digests.js";

/**
 * Counter-based random numbers: Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as
 * easy as 1, 2, 3"). A number is a pure function of (seed, stream, index); so there is no state to
 * save and the order of calls does not matter.
 */
export class RandomStream {
  readonly #key0: number;
  readonly #key1: number;
  readonly #high0: number;
  readonly #high1: number;
  readonly #block = new Uint32Array(4);

  /** @param stream names what the numbers are for; different names give independent numbers */
  constructor(seed: number, stream: string) {
    const digest = sha256Bytes(`${seed}\0${stream}`);
    this.#key0 = digest.readUInt32LE(0);
    this.#key1 = digest.readUInt32LE(4);
    this.#high0 = digest.readUInt32LE(8);
    this.#high1 = digest.readUInt32LE(12);
  }

  /** Four 32-bit numbers of one counter; the array is reused by the next call. */
  block(counter: number): Uint32Array {
    const low = counter >>> 0;
    const high = Math.floor(counter / 2 ** 32) >>> 0;
    philox(this.#block, low, high, this.#high0, this.#high1, this.#key0, this.#key1);
    return this.#block;
  }

  /** Number `index` in [0, 1), 53 bits. */
  uniform(index: number): number {
    const [a, b] = this.block(index) as unknown as [number, number];
    return ((a >>> 5) * 2 ** 26 + (b >>> 6)) / 2 ** 53;
  }

  /**
   * `count` numbers of the normal distribution with mean 0 and standard deviation 1 (Box & Muller
   * 1958).
   */
  normals(count: number): Float32Array {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i += 4) {
      const block = this.block(i / 4);
      for (let pair = 0; pair < 2; pair++) {
        const radius = Math.sqrt(-2 * Math.log((block[2 * pair]! + 1) / 2 ** 32));
        const angle = (2 * Math.PI * block[2 * pair + 1]!) / 2 ** 32;
        if (i + 2 * pair < count) values[i + 2 * pair] = radius * Math.cos(angle);
        if (i + 2 * pair + 1 < count) values[i + 2 * pair + 1] = radius * Math.sin(angle);
      }
    }
    return values;
  }

  /** A permutation of 0 … size − 1 (Fisher & Yates). */
  permutation(size: number): Uint32Array {
    const order = Uint32Array.from({ length: size }, (_, i) => i);
    for (let i = size - 1; i > 0; i--) {
      const j = Math.floor(this.uniform(i) * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }
}

/** One number in [0, 1): a pure function of its three arguments. */
export function uniform(seed: number, stream: string, index: number): number {
  return new RandomStream(seed, stream).uniform(index);
}

const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const { imul } = Math;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;

/** Runs ten rounds over the counter (c0 … c3) with the key (k0, k1). */
export function philox(out: Uint32Array, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(multiplier0, c0);
    const high1 = highProduct(multiplier1, c2);
    const low0 = imul(multiplier0, c0);
    const low1 = imul(multiplier1, c2);
    [c0, c1, c2, c3] = [high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0];
    k0 = (k0 + weyl0) | 0;
    k1 = (k1 + weyl1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Upper 32 bits of the product of two unsigned 32-bit numbers; no sum of parts reaches 2^32. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle2 = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (middle2 >>> 16)) | 0;
}
