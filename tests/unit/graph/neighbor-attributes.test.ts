import fc from "fast-check";
import { buildGraph } from "../../../graph/build.js";
import type { Adjacency, Graph } from "../../../graph/graph.js";
import { aggregateCategories, aggregateNumbers } from "../../../graph/algorithms/neighbor-attributes.js";
import { randomGraph } from "./random-graph.js";

/** 0 → 1, 0 → 2, 0 → 3, 3 → 0, 1 → 1; node 4 has no edges. */
function graph(): Graph {
  const [sources, targets] = [Uint32Array.of(0, 0, 0, 3, 1), Uint32Array.of(1, 2, 3, 0, 1)];
  return buildGraph({ nodes: 5, sources, targets }, { directed: true, selfLoops: "keep", duplicates: "first" }).graph;
}

test("mean, maximum and missing values, of those a node points to and of those that point to it", () => {
  const values = Float64Array.of(10, -4, NaN, -1, 7);
  const { out, in: back } = graph();
  expect(aggregateNumbers(out, values)).toEqual({
    mean: Float64Array.of(-2.5, -4, NaN, 10, NaN),
    max: Float64Array.of(-1, -4, NaN, 10, NaN),
    missing: Uint32Array.of(1, 0, 0, 0, 0),
  });
  expect(aggregateNumbers(back, values)).toEqual({
    mean: Float64Array.of(-1, 3, 10, 10, NaN),
    max: Float64Array.of(-1, 10, 10, 10, NaN),
    missing: Uint32Array.of(0, 0, 0, 0, 0),
  });
});

test("shares of categories, and missing ones", () => {
  const category = Int32Array.of(1, 0, -1, 1, 0);
  const { out, in: back } = graph();
  expect(aggregateCategories(out, category, 2)).toEqual({
    shares: [Float64Array.of(0.5, 1, NaN, 0, NaN), Float64Array.of(0.5, 0, NaN, 1, NaN)],
    missing: Uint32Array.of(1, 0, 0, 0, 0),
  });
  expect(aggregateCategories(back, category, 2)).toEqual({
    shares: [Float64Array.of(0, 0.5, 0, 0, NaN), Float64Array.of(1, 0.5, 1, 1, NaN)],
    missing: Uint32Array.of(0, 0, 0, 0, 0),
  });
});

const listed = ({ offsets, targets }: Adjacency, node: number): number[] => [
  ...targets.subarray(offsets[node], offsets[node + 1]),
];

test("aggregates are those of the neighbors' list", () => {
  const attribute = fc.array(fc.option(fc.nat(3), { nil: -1 }), { minLength: 30, maxLength: 30 });
  fc.assert(
    fc.property(randomGraph(30), attribute, ({ nodes, in: back }, values) => {
      const numbers = aggregateNumbers(
        back,
        Float64Array.from(values, (value) => (value < 0 ? NaN : value)),
      );
      const { shares, missing } = aggregateCategories(back, Int32Array.from(values), 4);
      expect(missing).toEqual(numbers.missing);
      for (let v = 0; v < nodes; v++) {
        const known = listed(back, v).flatMap((w) => (values[w]! < 0 ? [] : [values[w]!]));
        expect(missing[v]).toBe(listed(back, v).length - known.length);
        if (known.length === 0) {
          expect([numbers.mean[v], numbers.max[v], shares[0]![v]]).toEqual([NaN, NaN, NaN]);
          continue;
        }
        expect(numbers.mean[v]).toBeCloseTo(known.reduce((a, b) => a + b) / known.length, 12);
        expect(numbers.max[v]).toBe(Math.max(...known));
        shares.forEach((share, c) =>
          expect(share[v]).toBeCloseTo(known.filter((k) => k === c).length / known.length, 12),
        );
      }
    }),
  );
});
