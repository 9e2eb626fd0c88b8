/** Bits per byte of a loss summed over a text: nats to bits, spread over the text's UTF-8 bytes. */
export function bitsPerByte(nats: number, bytes: number): number {
  return nats / Math.LN2 / bytes;
}

/**
 * Order-0 entropy of bytes, bits per byte: what a coder that knows only each byte's frequency
 * needs.
 */
export function byteEntropy(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte]!++;
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / bytes.length) * Math.log2(count / bytes.length)),
    0,
  );
}

/**
 * Whether two texts are equal, ignoring case and white space: runs count as one space, none at the
 * ends.
 */
export function exactMatch(response: string, reference: string): boolean {
  return normalize(response) === normalize(reference);
}

function normalize(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/gu, " ").trim();
}

/**
 * pass@k, the chance that at least one of k responses is right, from n responses of which c are: 1
 * − C(n − c, k) / C(n, k), unbiased (Chen et al. 2021, "Evaluating large language models trained on
 * code"), as a product that cannot overflow.
 */
export function passAtK(n: number, c: number, k: number): number {
  let none = 1;
  for (let i = n - c + 1; i <= n; i++) none *= Math.max(0, 1 - k / i);
  return 1 - none;
}

/** Mean and its standard error; one value has none, since it shows no spread. */
export function meanAndError(values: readonly number[]): { mean: number; error: number | undefined } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: values.length < 2 ? undefined : Math.sqrt(squares / (values.length - 1) / values.length) };
}

/**
 * 95 % interval of a mean of outcomes in [0, 1], of which some may lie between (ties). Wilson's
 * interval (1927), which unlike the normal one does not shrink to a point when all outcomes are
 * equal, with the number of outcomes that would have the variance seen if all were 0 or 1 (as in
 * surveys: Korn & Graubard 1998); without ties it is Wilson's own.
 */
export function outcomeInterval(outcomes: readonly number[]): { low: number; high: number } {
  const n = outcomes.length;
  const { mean } = meanAndError(outcomes);
  const variance = outcomes.reduce((sum, outcome) => sum + (outcome - mean) ** 2, 0) / n;
  const effective = variance === 0 ? n : (n * mean * (1 - mean)) / variance;
  const z2 = 1.959963984540054 ** 2;
  const center = (mean + z2 / (2 * effective)) / (1 + z2 / effective);
  const half = Math.sqrt(z2 * ((mean * (1 - mean)) / effective + z2 / (4 * effective ** 2))) / (1 + z2 / effective);
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}

/** The mean of values; 0 if there are none. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}

/** The mean of the values of all lists, each value with the same weight; 0 if there are none. */
export function meanOfAll(lists: readonly ArrayLike<number>[]): number {
  const count = lists.reduce((sum, { length }) => sum + length, 0);
  return count === 0 ? 0 : lists.reduce((sum, list) => sum + mean(list) * list.length, 0) / count;
}
