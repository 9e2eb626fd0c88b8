import fc from "fast-check";
import { buildGraph } from "../../../graph/build.js";
import type { Graph } from "../../../graph/graph.js";

/** Graphs without weights: sparse to dense, directed or not, with self-loops. */
export const randomGraph = (most: number): fc.Arbitrary<Graph> =>
  fc
    .record({
      nodes: fc.integer({ min: 1, max: most }),
      directed: fc.boolean(),
      density: fc.constantFrom(0.03, 0.1, 0.4),
    })
    .chain(({ nodes, directed, density }) =>
      fc
        .array(fc.tuple(fc.nat(nodes - 1), fc.nat(nodes - 1)), { maxLength: Math.ceil(density * nodes * nodes) + 1 })
        .map((edges) => {
          const [sources, targets] = [Uint32Array.from(edges, ([s]) => s), Uint32Array.from(edges, ([, t]) => t)];
          const options = { directed, selfLoops: "keep", duplicates: "first" } as const;
          return buildGraph({ nodes, sources, targets }, options).graph;
        }),
    );
