import { buildGraph } from "../../../graph/build.js";
import { triangles } from "../../../graph/algorithms/clustering.js";
import { Threads } from "../../../graph/parallel/threads.js";
import type { RunState } from "../../../graph/parallel/run-batches.js";
import type { Adjacency } from "../../../graph/graph.js";
import { RandomStream } from "../../../platform/random.js";

const open: Threads[] = [];
const threadsOf = (count: number): Threads => {
  const threads = new Threads(count);
  open.push(threads);
  return threads;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((threads) => threads.close()));
});

/**
 * Entries to higher nodes with weights whose sums round: what the order of additions does shows in
 * the last bits.
 */
function forward(nodes: number): Adjacency {
  const random = new RandomStream(1, "forward");
  const rows = Array.from({ length: nodes }, (_, v) =>
    Array.from({ length: nodes - v - 1 }, (_, i) => v + 1 + i).filter((w) => random.uniform(v * nodes + w) < 0.3),
  );
  const offsets = new Uint32Array(nodes + 1);
  rows.forEach((row, v) => (offsets[v + 1] = offsets[v]! + row.length));
  const targets = Uint32Array.from(rows.flat());
  return { offsets, targets, weights: Float64Array.from(targets, (_, i) => random.uniform(1_000_000 + i)) };
}

const nodes = 90;
const parameters = { forward: forward(nodes) };
const options = { sources: Uint32Array.from({ length: nodes }, (_, v) => v), length: nodes, batch: 7 };

test("sums are the same to the last bit for any number of threads", async () => {
  const one = await threadsOf(1).run("triangles", parameters, options);
  expect(one.some((sum) => sum > 1)).toBe(true);
  for (const count of [2, 3]) expect(await threadsOf(count).run("triangles", parameters, options)).toEqual(one);
});

test("a run resumed from any of its states ends with the same bits", async () => {
  const threads = threadsOf(2);
  const states: RunState[] = [];
  const keep = ({ done, sums }: RunState): void => void states.push({ done, sums: sums.slice() });
  const whole = await threads.run("triangles", parameters, { ...options, onProgress: keep });
  expect(states.map(({ done }) => done)).toEqual([7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 90]);
  for (const resume of states)
    expect(await threads.run("triangles", parameters, { ...options, resume })).toEqual(whole);
});

test("a state of another computation is refused", async () => {
  const run = (resume: RunState) => threadsOf(1).run("triangles", parameters, { ...options, resume });
  const mismatch = expect.objectContaining({ code: "CHECKPOINT_MISMATCH" });
  await expect(run({ done: 8, sums: new Float64Array(nodes) })).rejects.toEqual(mismatch);
  await expect(run({ done: 7, sums: new Float64Array(nodes - 1) })).rejects.toEqual(mismatch);
});

test("an aborted run ends with the signal's reason, and the threads serve the next run", async () => {
  const threads = threadsOf(2);
  const abort = new AbortController();
  const onProgress = ({ done }: RunState): void => {
    if (done === 21) abort.abort(new Error("enough"));
  };
  await expect(threads.run("triangles", parameters, { ...options, onProgress, signal: abort.signal })).rejects.toThrow(
    "enough",
  );
  const again = await threads.run("triangles", parameters, options);
  expect(again).toEqual(await threadsOf(1).run("triangles", parameters, options));
});

test("what a thread dies of ends the run, and later ones", async () => {
  const threads = threadsOf(2);
  const broken = threads.run("triangles", { forward: undefined as unknown as Adjacency }, options);
  await expect(broken).rejects.toEqual(expect.objectContaining({ code: "COMPUTE_FAILED" }));
  await expect(threads.run("triangles", parameters, options)).rejects.toEqual(
    expect.objectContaining({ code: "COMPUTE_FAILED" }),
  );
});

test("a graph's triangles are the same with threads and without", async () => {
  const { offsets, targets } = parameters.forward;
  const sources = Uint32Array.from(targets, (_, i) =>
    offsets.findIndex((first, v) => first <= i && i < (offsets[v + 1] ?? 0)),
  );
  const { graph } = buildGraph(
    { nodes, sources, targets },
    { directed: false, selfLoops: "keep", duplicates: "first" },
  );
  const alone = await triangles(graph);
  expect(alone.reduce((a, b) => a + b)).toBeGreaterThan(100);
  expect(await triangles(graph, threadsOf(2))).toEqual(alone);
});
