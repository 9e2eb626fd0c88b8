import fc from "fast-check";
import { shuffledBatches } from "../../../lm/data/batches.js";
import { packParts, rowOrder } from "../../../lm/data/mixture.js";
import { packBestFit } from "../../../lm/data/packing.js";
import { exampleSequences } from "../../../lm/data/sequences.js";

const weight = fc.oneof(
  fc.constantFrom(0, 0.01, 0.1, 0.2, 1 / 3, 0.5, 1, 2, 2.5),
  fc.double({ min: 0, max: 3, noNaN: true }),
);
const part = fc.record({ rows: fc.integer({ min: 0, max: 30 }), weight });
const mixture = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map((parts) =>
    parts.map((one, i) => ({ ...one, first: parts.slice(0, i).reduce((sum, { rows }) => sum + rows, 0) })),
  )
  .filter((parts) => parts.some(({ rows, weight }) => rows * weight > 0.001));

/** How often each of the first `count` rows of the order is read, for `rows` rows. */
function times(order: { at: (position: number) => number }, count: number, rows: number): number[] {
  const read = new Array<number>(rows).fill(0);
  for (let position = 0; position < count; position++) read[order.at(position)]!++;
  return read;
}

const epochs = 7;
const readIn = (parts: { rows: number; weight: number }[], after: number): number =>
  parts.reduce((sum, { rows, weight }) => sum + Math.round(after * weight * rows), 0);

test("after whole epochs every row of a part has been read weight times the epochs, but for one reading", () => {
  fc.assert(
    fc.property(mixture, (parts) => {
      const order = rowOrder(parts, 3);
      const all = parts.reduce((sum, { rows }) => sum + rows, 0);
      const read = times(order, readIn(parts, epochs), all);
      for (const { first, rows, weight } of parts)
        for (const often of read.slice(first, first + rows)) {
          expect(often).toBeGreaterThan(epochs * weight - 1 - 0.5 / rows - 1e-9);
          expect(often).toBeLessThan(epochs * weight + 1 + 0.5 / rows + 1e-9);
        }
      for (const { first, rows, weight } of parts)
        expect(read.slice(first, first + rows).reduce((sum, often) => sum + often, 0)).toBe(
          Math.round(epochs * weight * rows),
        );
    }),
  );
});

test("which row stands at a position depends on nothing read before", () => {
  fc.assert(
    fc.property(mixture, fc.integer({ min: 0, max: 200 }), (parts, position) => {
      const order = rowOrder(parts, 5);
      const before = Array.from({ length: position }, (_, at) => order.at(at));
      expect(rowOrder(parts, 5).at(position)).toBe(order.at(position));
      expect(Array.from({ length: position }, (_, at) => order.at(at))).toEqual(before);
    }),
  );
});

test("a fraction reads other rows in every epoch, until all have been read", () => {
  const order = rowOrder([{ first: 0, rows: 50, weight: 0.2 }], 1);
  const epoch = (index: number) => Array.from({ length: 10 }, (_, i) => order.at(10 * index + i));
  const whole = Array.from({ length: 5 }, (_, index) => epoch(index)).flat();
  expect(new Set(whole).size).toBe(50);
  expect(epoch(5)).not.toEqual(epoch(0));
  expect(new Set(epoch(0))).not.toEqual(new Set(epoch(5)));
});

test("an epoch is mixed: no part's rows come first", () => {
  const order = rowOrder(
    [
      { first: 0, rows: 1000, weight: 1 },
      { first: 1000, rows: 1000, weight: 1 },
    ],
    1,
  );
  const firstHalf = Array.from({ length: 1000 }, (_, at) => order.at(at));
  const ofFirst = firstHalf.filter((row) => row < 1000).length;
  // Hypergeometric: mean 500, standard deviation 11.
  expect(Math.abs(ofFirst - 500)).toBeLessThan(60);
});

test("parts are packed apart; one part is packed as without parts", () => {
  const lengths = Int32Array.of(9, 3, 16, 7, 5, 5, 11, 2);
  const { packing, parts } = packParts(lengths, 16, [
    { sequences: 5, weight: 1 },
    { sequences: 3, weight: 0.5 },
  ]);
  const rowOf = (sequence: number) => {
    const place = packing.members.indexOf(sequence);
    return packing.rowStarts.findIndex((start, row) => start <= place && packing.rowStarts[row + 1]! > place);
  };
  expect(parts.map(({ weight }) => weight)).toEqual([1, 0.5]);
  expect(parts[1]!.first + parts[1]!.rows).toBe(packing.rows);
  for (let sequence = 0; sequence < lengths.length; sequence++)
    expect(rowOf(sequence) >= parts[1]!.first).toBe(sequence >= 5);
  expect(packParts(lengths, 16, [{ sequences: lengths.length, weight: 1 }]).packing).toEqual(packBestFit(lengths, 16));
});

test("batches say how often they read each sequence", () => {
  const example = (length: number) => ({
    tokens: new Array<number>(length).fill(length),
    counted: new Array(length).fill(1) as number[],
  });
  const { sequences } = exampleSequences([3, 5, 9, 4, 16, 7].map(example), 16);
  const batches = shuffledBatches(sequences, 2, 16, 1, [
    { sequences: 2, weight: 2 },
    { sequences: 4, weight: 0.5 },
  ]);
  for (const count of [1, 3, 8]) {
    const read = Array.from({ length: count }, (_, index) => batches.at(index)).flatMap(
      ({ tokens, positions, segments }) => Array.from(tokens).filter((_, i) => segments[i]! > 0 && positions[i] === 0),
    );
    const lengths = [3, 5, 9, 4, 16, 7];
    expect(Array.from(batches.timesRead(count))).toEqual(
      lengths.map((length) => read.filter((t) => t === length).length),
    );
  }
});
