/** Bits per byte of a loss summed over a text: nats to bits, spread over the text's UTF-8 bytes. */
export function bitsPerByte(nats: number, bytes: number): number {
  return nats / Math.LN2 / bytes;
}

/** Order-0 entropy of bytes, bits per byte: what a coder that knows only each byte's frequency needs. */
export function byteEntropy(bytes: Uint8Array): number {
  const counts = new Float64Array(256);
  for (const byte of bytes) counts[byte]!++;
  return counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / bytes.length) * Math.log2(count / bytes.length)),
    0,
  );
}

/** Whether two answers are the same but for case and white space: runs count as one space, none at the ends. */
export function exactMatch(answer: string, reference: string): boolean {
  return normalise(answer) === normalise(reference);
}

function normalise(text: string): string {
  return text.normalize("NFC").toLowerCase().replace(/\s+/gu, " ").trim();
}
