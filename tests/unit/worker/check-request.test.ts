import fc from "fast-check";
import { stringify } from "yaml";
import { compilePipeline } from "../../../compiler/compile.js";
import { PipelineErrors } from "../../../compiler/errors.js";
import { checkedRequest } from "../../../worker/bookkeeping/check-request.js";

const duration = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 99_999_999 }), fc.integer({ min: 1, max: 40_000 })),
    fc.constantFrom("ms", "s", "m", "h", "d"),
  )
  .map(([amount, unit]) => `${amount}${unit}`);
const retry = { maxAttempts: 1, intervalMs: 1, factor: 1, maxIntervalMs: 1 };
const settings = fc.record(
  {
    retry: fc.record(
      {
        maxAttempts: fc.integer({ min: 1, max: 1000 }),
        interval: duration,
        factor: fc.double({ min: 1, max: 100, noNaN: true }),
        maxInterval: duration,
        diskWait: duration,
        on: fc.record(
          {
            preempted: fc.integer({ min: 0, max: 100_000 }),
            lost: fc.integer({ min: 0, max: 100_000 }),
            outOfMemory: fc.integer({ min: 0, max: 100 }),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    ),
    timeout: duration,
    heartbeat: duration,
    checkpoint: fc.record({ every: duration, keep: fc.integer({ min: 1, max: 1000 }) }, { requiredKeys: [] }),
    resources: fc.record({ gpu: fc.integer({ min: 0, max: 1 }) }),
    cache: fc.oneof(fc.boolean(), fc.record({ ttl: duration })),
    onFailure: fc.constantFrom("fail", "park", "continue"),
  },
  { requiredKeys: [] },
);

test("a plan that compiles may be resumed, whatever its settings: the request that holds it is taken", async () => {
  let compiled = 0;
  await fc.assert(
    fc.asyncProperty(settings, settings, async (defaults, own) => {
      const stage = { uses: "dataset", with: { source: { text: "x" } }, ...own };
      const text = stringify({ name: "p", defaults, stages: { a: stage } });
      const result = await compilePipeline({ text }).catch((error: unknown) => error);
      if (result instanceof PipelineErrors) {
        expect(result.errors.every(({ code, line }) => code === "OUT_OF_RANGE" && line > 0)).toBe(true);
        return;
      }
      compiled += 1;
      const { plan } = result as Awaited<ReturnType<typeof compilePipeline>>;
      expect(checkedRequest({ plan })).toEqual({ plan });
    }),
    { numRuns: 200 },
  );
  expect(compiled).toBeGreaterThan(0);
});

test("the longest duration may be resumed", async () => {
  const text = `name: p\nstages: { a: { uses: dataset, with: { source: { text: x } }, timeout: 36500d } }\n`;
  const { plan } = await compilePipeline({ text });
  expect(checkedRequest({ plan }).plan?.stages[0]?.timeoutMs).toBe(3_153_600_000_000);
});

test("texts of children come with a definition only: a pipeline of the project may run code, and with it its children", () => {
  const files = { child: { file: "child.yaml", text: "name: child" } };
  expect(checkedRequest({ definition: "name: p", files })).toMatchObject({ files });
  for (const request of [
    { pipeline: "tiny", files },
    { planDigest: "0", files },
  ])
    expect(() => checkedRequest(request)).toThrow(/files are given only with a definition/);
  expect(() => checkedRequest({ planDigest: "0", pipeline: "tiny" })).toThrow(/exactly one of/);
});

describe("numbers that no run has are refused:", () => {
  const state = { id: "a", uses: "dataset", status: "succeeded", attempts: 1, outputs: {}, metrics: {} };
  const requested = { pairs: { artifact: "pairs", digest: "0" }, items: 3, target: 2, choices: {} };
  const request = (more: object) => ({ planDigest: "0", stages: { a: { ...state, ...more } } });
  test.each<[string, object]>([
    ["attempts", request({ attempts: 1e300 })],
    ["half an attempt", request({ attempts: 1.5 })],
    ["a time", request({ startedAtMs: 1e300 })],
    ["items of a request for choices", request({ choiceRequest: { ...requested, items: 1e9 } })],
    ["the time of a pause", { planDigest: "0", pausedSinceMs: 1e300 }],
    ["the time of a parent's pause", { planDigest: "0", parentPause: { sinceMs: 1e300, by: "run" } }],
  ])("%s", (_, given) => {
    expect(() => checkedRequest(given)).toThrow(expect.objectContaining({ code: "INPUT_INVALID" }));
  });

  test.each([
    ["attempts of a webhook", { notify: [{ url: "http://x", on: [], retry: { ...retry, maxAttempts: 1e9 } }] }],
    ["a name that the server does not list", { name: "x".repeat(3000) }],
    ["a group without a name", { concurrency: { group: "", limit: 1, onLimit: "queue" } }],
    ["a group's limit", { concurrency: { group: "g", limit: 1e300, onLimit: "queue" } }],
  ])("%s", async (_, more) => {
    const { plan } = await compilePipeline({
      text: "name: p\nstages: { a: { uses: dataset, with: { source: { text: x } } } }\n",
    });
    expect(checkedRequest({ plan })).toEqual({ plan });
    expect(() => checkedRequest({ plan: { ...plan, ...more } })).toThrow(
      expect.objectContaining({ code: "INPUT_INVALID" }),
    );
  });
});
