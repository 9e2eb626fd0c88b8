import { buildGraph } from "../../../graph/build.js";
import { pagerank } from "../../../graph/pagerank.js";

const list = { nodes: 2, sources: Uint32Array.of(0), targets: Uint32Array.of(1) };
const { graph } = buildGraph(list, { directed: true, selfLoops: "keep", duplicates: "first" });

test.each([
  ["all 0", [0, 0], "personalisation"],
  ["-1", [1, -1], "personalisation of node 1"],
  ["NaN", [NaN, 1], "personalisation of node 0"],
  ["Infinity", [Infinity, 1], "personalisation of node 0"],
])("a personalisation of %s is refused", async (got, weights, where) => {
  await expect(pagerank(graph, { personalisation: Float64Array.from(weights) })).rejects.toEqual(
    expect.objectContaining({ code: "DATA_INVALID", facts: expect.objectContaining({ got, where }) }),
  );
});
