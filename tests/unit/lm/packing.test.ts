import fc from "fast-check";
import { orderedBatches, shuffledBatches } from "../../../lm/data/batches.js";
import { packBestFit } from "../../../lm/data/packing.js";
import {
  countedIn,
  documentSequences,
  exampleSequences,
  joinSequences,
  type Sequences,
} from "../../../lm/data/sequences.js";

const capacity = 16;
const lengths = fc.array(fc.integer({ min: 0, max: capacity }), { maxLength: 200 });

describe("best-fit packing", () => {
  test("places every sequence once, and no row overflows", () => {
    fc.assert(
      fc.property(lengths, (lengths) => {
        const { rows, rowStarts, members } = packBestFit(lengths, capacity);
        const placed = Array.from(members).sort((a, b) => a - b);
        expect(placed).toEqual(lengths.flatMap((length, i) => (length > 0 ? [i] : [])));
        for (let r = 0; r < rows; r++) {
          const used = members.subarray(rowStarts[r], rowStarts[r + 1]).reduce((sum, i) => sum + lengths[i]!, 0);
          expect(used).toBeGreaterThan(0);
          expect(used).toBeLessThanOrEqual(capacity);
        }
      }),
    );
  });

  test("wastes at most half: any two rows together hold more than one row could", () => {
    fc.assert(
      fc.property(lengths, (lengths) => {
        const { rows, rowStarts, members } = packBestFit(lengths, capacity);
        const used = Array.from({ length: rows }, (_, r) =>
          members.subarray(rowStarts[r], rowStarts[r + 1]).reduce((sum, i) => sum + lengths[i]!, 0),
        ).sort((a, b) => a - b);
        if (rows > 1) expect(used[0]! + used[1]!).toBeGreaterThan(capacity);
      }),
    );
  });

  test("refuses a sequence that no row can hold", () => {
    expect(() => packBestFit([3, capacity + 1], capacity)).toThrow(RangeError);
  });
});

/** Documents of the given lengths, each token a number of its own; the end-of-text token is 0. */
function corpus(documentLengths: number[]): { tokens: Uint32Array; documents: Uint32Array } {
  const tokens: number[] = [];
  const documents: number[] = [];
  for (const length of documentLengths) {
    documents.push(tokens.length);
    for (let i = 0; i < length; i++) tokens.push(tokens.length + 1);
    tokens.push(0);
  }
  return { tokens: Uint32Array.from(tokens), documents: Uint32Array.from(documents) };
}

/** Every prediction of the sequences as "context > target", in order of the sequences. */
function predictions({ tokens, starts, lengths }: Sequences): string[] {
  return Array.from(starts).flatMap((start, s) =>
    Array.from({ length: lengths[s]! }, (_, i) => `${tokens[start + i]} > ${tokens[start + i + 1]}`),
  );
}

test("documents as sequences: every token is predicted once, from the token before it or from end-of-text", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 20 }), (documentLengths) => {
      const { tokens, documents } = corpus(documentLengths);
      const sequences = documentSequences(Uint32Array.of(0, ...tokens), documents, capacity);
      const expected = Array.from(tokens, (token, i) => `${i === 0 ? 0 : tokens[i - 1]} > ${token}`);
      expect(predictions(sequences)).toEqual(expected);
      expect(Math.max(...sequences.lengths)).toBeLessThanOrEqual(capacity);
    }),
  );
});

test("examples too long for a row are counted and left out, never cut; so are those in which nothing counts", () => {
  const example = (length: number, counted: number) => ({
    tokens: Array.from({ length }, (_, i) => i),
    counted: Array.from({ length }, (_, i) => (i === counted ? 1 : 0)),
  });
  const { sequences, tooLong, empty } = exampleSequences(
    [example(capacity + 1, 5), example(capacity + 2, 5), example(4, 0), example(3, 2)],
    capacity,
  );
  expect({ tooLong, empty }).toEqual({ tooLong: 1, empty: 1 });
  expect(Array.from(sequences.lengths)).toEqual([capacity, 2]);
});

describe("batches", () => {
  const { tokens, documents } = corpus([5, 9, 40, 3, 1, 7, 7, 12, 2, 30, 4, 15]);
  const sequences = documentSequences(Uint32Array.of(0, ...tokens), documents, capacity);
  const rows = 2;

  test("a batch is a function of its index: made alone or after others, it is the same", () => {
    const inOrder = shuffledBatches(sequences, rows, capacity, 7);
    const all = Array.from({ length: 40 }, (_, i) => inOrder.at(i));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39 }), (index) => {
        expect(shuffledBatches(sequences, rows, capacity, 7).at(index)).toEqual(all[index]);
      }),
      { numRuns: 20 },
    );
  });

  test("an epoch shows every prediction once, each epoch in an order of its own, each seed too", () => {
    const epochs = (seed: number) => {
      const batches = shuffledBatches(sequences, 1, capacity, seed);
      return [0, 1].map((epoch) =>
        Array.from({ length: batches.rowsPerEpoch }, (_, r) => batches.at(epoch * batches.rowsPerEpoch + r)),
      );
    };
    const seen = (rows: { targets: Int32Array; weights: Float32Array }[]) =>
      rows.flatMap(({ targets, weights }) => Array.from(targets).filter((_, i) => weights[i] === 1));
    const [first, second] = epochs(1) as [ReturnType<typeof epochs>[0], ReturnType<typeof epochs>[0]];
    const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
    expect(sorted(seen(first))).toEqual(sorted(Array.from(tokens)));
    expect(sorted(seen(second))).toEqual(sorted(Array.from(tokens)));
    expect(seen(second)).not.toEqual(seen(first));
    expect(seen(epochs(2)[0]!)).not.toEqual(seen(first));
  });

  test("the most that counts in a batch is that of the fullest of them, whatever counts", () => {
    const some = { ...sequences, counted: Uint8Array.from(sequences.tokens, (_, i) => Number(i % 3 === 0)) };
    for (const given of [sequences, some]) {
      const batches = shuffledBatches(given, rows, capacity, 7);
      for (const count of [1, 5, 17]) {
        const weights = Array.from({ length: count }, (_, i) => batches.at(i).weight);
        expect(batches.maxCounted(count)).toBe(Math.max(...weights));
      }
    }
  });

  test("positions restart and the segment changes with every sequence; padding has no weight", () => {
    const { batches, at } = orderedBatches(sequences, rows, capacity);
    for (let b = 0; b < batches; b++) {
      const batch = at(b);
      batch.segments.forEach((segment, i) => {
        const begins = i % capacity === 0 || batch.segments[i - 1] !== segment;
        if (segment === 0) expect(batch.weights[i]).toBe(0);
        else expect(batch.positions[i]).toBe(begins ? 0 : batch.positions[i - 1]! + 1);
      });
      expect(batch.weight).toBe(batch.weights.reduce((sum, w) => sum + w, 0));
    }
  });

  test("in order, every row comes once and the last batch is filled up with padding", () => {
    const { batches, at } = orderedBatches(sequences, 5, capacity);
    const all = Array.from({ length: batches }, (_, b) => at(b));
    expect(all.reduce((sum, batch) => sum + batch.weight, 0)).toBe(tokens.length);
    expect(all.every((batch) => batch.shape.rows === 5)).toBe(true);
  });
});

test("sequences joined are those of each set, in order, what counts in them too", () => {
  const { tokens, documents } = corpus([5, 40, 1]);
  const prose = documentSequences(Uint32Array.of(0, ...tokens), documents, capacity);
  const { sequences: asked } = exampleSequences([{ tokens: [7, 8, 9, 10], counted: [0, 0, 1, 1] }], capacity);
  const joined = joinSequences([asked, prose, asked]);
  expect(predictions(joined)).toEqual([...predictions(asked), ...predictions(prose), ...predictions(asked)]);
  const counted = Array.from(joined.lengths, (_, i) => countedIn(joined, i));
  expect(counted).toEqual([2, ...Array.from(prose.lengths), 2]);
});
