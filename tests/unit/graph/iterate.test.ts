import { iterate } from "../../../graph/iterate.js";
import { buildGraph } from "../../../graph/build.js";
import { katz } from "../../../graph/algorithms/katz.js";

const halve = (values: Float64Array, next: Float64Array): void => void (next[0] = values[0]! / 2 + 1);

test("an iteration that does not settle says by how much", async () => {
  const residuals: number[] = [];
  const onIteration = (_: number, residual: number): void => void residuals.push(residual);
  await expect(iterate("halving", Float64Array.of(0), halve, { iterations: 3, onIteration })).rejects.toEqual(
    expect.objectContaining({
      code: "NOT_CONVERGED",
      facts: expect.objectContaining({ where: "halving", got: "a change of 1.43e-1" }),
    }),
  );
  expect(residuals).toEqual([1, 0.5 / 1.5, 0.25 / 1.75]);
});

test("values that are not finite end the iteration", async () => {
  const list = { nodes: 2, sources: Uint32Array.of(0, 1), targets: Uint32Array.of(1, 0) };
  const { graph } = buildGraph(list, { directed: true, selfLoops: "keep", duplicates: "first" });
  await expect(katz(graph, { alpha: 1e300 })).rejects.toEqual(
    expect.objectContaining({ facts: expect.objectContaining({ got: "values that are not finite" }) }),
  );
});

test("a long iteration ends with the signal's reason", async () => {
  const abort = new AbortController();
  const start = performance.now();
  const slow = (values: Float64Array, next: Float64Array): void => {
    do abort.abort(new Error("enough"));
    while (performance.now() - start < 60);
    halve(values, next);
  };
  await expect(iterate("halving", Float64Array.of(0), slow, { signal: abort.signal })).rejects.toThrow("enough");
});
