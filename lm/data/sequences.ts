/**
 * Token sequences to learn from, cut so that each fits a row. Sequence i reads
 * `tokens[starts[i] … starts[i]+lengths[i])` and predicts the same range shifted by one.
 */
export interface Sequences {
  tokens: Uint16Array | Uint32Array;
  starts: Uint32Array;
  /** Predictions of each sequence. */
  lengths: Int32Array;
  /** 1 if the token at this index counts in the loss when it is predicted; absent: everywhere. */
  counted?: Uint8Array;
}

/**
 * Documents as sequences, every token predicted exactly once: the first token of a document is
 * predicted from the end-of-text token, and the last prediction is the document's own end-of-text
 * token. A document longer than a row is cut into contiguous pieces; the piece after a cut starts
 * without the context before it.
 * @param stream the end-of-text token, then the documents one after another, each ended by it; the
 *   sequences are views of it
 * @param documents index of the first token of each among the documents' tokens
 */
export function documentSequences(
  stream: Uint16Array | Uint32Array,
  documents: Uint32Array,
  rowLength: number,
): Sequences {
  const starts: number[] = [];
  const lengths: number[] = [];
  for (let d = 0; d < documents.length; d++) {
    const end = documents[d + 1] ?? stream.length - 1;
    for (let start = documents[d]!; start < end; start += rowLength) {
      starts.push(start);
      lengths.push(Math.min(rowLength, end - start));
    }
  }
  return { tokens: stream, starts: Uint32Array.from(starts), lengths: Int32Array.from(lengths) };
}

/** Predictions of one sequence that count. */
export function countedIn({ starts, lengths, counted }: Sequences, sequence: number): number {
  const [start, length] = [starts[sequence]!, lengths[sequence]!];
  if (!counted) return length;
  return counted.subarray(start + 1, start + 1 + length).reduce((sum, one) => sum + one, 0);
}

/** Several sets of sequences as one, in their order. */
export function joinSequences(sets: readonly Sequences[]): Sequences {
  const sum = (size: (set: Sequences) => number): number => sets.reduce((all, set) => all + size(set), 0);
  const [tokens, count] = [sum((set) => set.tokens.length), sum((set) => set.starts.length)];
  const joined = {
    tokens: new Uint32Array(tokens),
    counted: new Uint8Array(tokens).fill(1),
    starts: new Uint32Array(count),
    lengths: new Int32Array(count),
  };
  let [token, sequence] = [0, 0];
  for (const set of sets) {
    const begin = token;
    joined.tokens.set(set.tokens, begin);
    if (set.counted) joined.counted.set(set.counted, begin);
    joined.starts.set(
      set.starts.map((start) => begin + start),
      sequence,
    );
    joined.lengths.set(set.lengths, sequence);
    token += set.tokens.length;
    sequence += set.starts.length;
  }
  return joined;
}

/** An example for fine-tuning: tokens, and for each whether predicting it counts in the loss. */
export interface Example {
  tokens: ArrayLike<number>;
  counted: ArrayLike<number | boolean>;
}

/**
 * Examples as sequences, one each and never cut; those with more predictions than a row holds are
 * left out and counted. An example in which nothing counts is left out too.
 */
export function exampleSequences(
  examples: readonly Example[],
  rowLength: number,
): { sequences: Sequences; tooLong: number; empty: number } {
  const fits = examples.filter((e) => e.tokens.length - 1 <= rowLength);
  const kept = fits.filter((e) => Array.from(e.counted).some((c, i) => i > 0 && Boolean(c)));
  const total = kept.reduce((sum, e) => sum + e.tokens.length, 0);
  const sequences = {
    tokens: new Uint32Array(total),
    counted: new Uint8Array(total),
    starts: new Uint32Array(kept.length),
    lengths: new Int32Array(kept.length),
  };
  let at = 0;
  kept.forEach((example, i) => {
    sequences.tokens.set(example.tokens, at);
    sequences.counted.set(
      Array.from(example.counted, (c) => Number(c)),
      at,
    );
    sequences.starts[i] = at;
    sequences.lengths[i] = example.tokens.length - 1;
    at += example.tokens.length;
  });
  return { sequences, tooLong: examples.length - fits.length, empty: fits.length - kept.length };
}
