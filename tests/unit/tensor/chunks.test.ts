import fc from "fast-check";
import { splitChunks } from "../../../tensor/chunks.js";

test("chunks hold every row once, in order, in as few pieces of at most the size as there can be", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0.01, max: 600, noNaN: true }), (rows, size) => {
      const chunks = splitChunks(rows, size);
      const most = Math.max(1, Math.floor(size));
      const covered = chunks.flatMap(({ from, length }) => Array.from({ length }, (_, i) => from + i));
      expect(covered).toEqual(Array.from({ length: rows }, (_, row) => row));
      for (const { length } of chunks) {
        expect(length).toBeGreaterThan(0);
        expect(length).toBeLessThanOrEqual(most);
      }
      expect(chunks).toHaveLength(Math.ceil(rows / most));
    }),
  );
  expect(splitChunks(10, Infinity)).toEqual([{ from: 0, length: 10 }]);
});
