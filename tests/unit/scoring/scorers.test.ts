import { judgeMetrics } from "../../../schemas/fields/scoring.js";
import { judgeRules, verifierRules } from "../../../schemas/fields/scoring.js";
import { testContext, type TestContext } from "../../support/stage-context.js";
import { catchFailure } from "../../support/datasets.js";
import { closeAll, countFailures, openTestJudge, scored, openTestVerifiers } from "../../support/scoring.js";

let context: TestContext;
beforeAll(() => (context = testContext()));
afterEach(closeAll);
afterAll(() => context.remove());

describe("verifiers", () => {
  test("each row goes to the verifier of its task, else to the one without", async () => {
    const scorer = await openTestVerifiers(context, { kind: "exact" }, { kind: "number", task: "sums", weight: 0.5 });
    const row = { prompt: "q", response: "it is 4", reference: "4" };
    expect(
      await scorer.score([row, { ...row, task: "sums" }, { ...row, task: "other" }, { ...row, response: "4" }]),
    ).toEqual([0, 0.5, 0, 1]);
    expect(scorer.describe).toBe("exact; number (task sums) × 0.5");
    expect(await scorer.score([])).toEqual([]);
  });

  test("a row that no verifier matches is an error", async () => {
    const scorer = await openTestVerifiers(context, { kind: "number", task: "sums" });
    const row = { prompt: "q", response: "4", reference: "4" };
    for (const [task, got] of [
      [undefined, "a row without a task"],
      ["other", "a row of task other"],
    ] as const) {
      const error = await catchFailure(scorer.score([task === undefined ? row : { ...row, task }]));
      expect(error).toMatchObject({ code: "DATA_INVALID", facts: { where: "with.verifiers", got } });
    }
  });

  test("the process turns while rows are scored, and an abort ends it", async () => {
    const own = testContext();
    const scorer = await openTestVerifiers(own, { kind: "exact" });
    const rows = new Array(1000).fill({ prompt: "q", response: "4", reference: "4" });
    setImmediate(() => own.abort(new Error("the run was canceled")));
    await expect(scorer.score(rows)).rejects.toThrow("the run was canceled");
    own.remove();
  });

  test.each(["number", "exact", "regex", "code"] as const)(
    "%s says so when a row has no answer to compare with",
    async (kind) => {
      const scorer = await openTestVerifiers(context, { kind });
      const error = await catchFailure(scorer.score([{ prompt: "how?", response: "so" }]));
      expect(error).toMatchObject({ code: "DATA_INVALID", facts: { where: "how?" } });
    },
  );
});

test("a pattern that would backtrack without end is searched in linear time, and judged", async () => {
  const backtracking = { kind: "regex", pattern: "^(a+)+$" } as const;
  const { scores, failures } = await scored(context, backtracking, [
    [`${"a".repeat(60_000)}!`, ""],
    ["a".repeat(60_000), ""],
  ]);
  expect(scores).toEqual([0, 1]);
  expect(failures).toEqual({});
});

test("a search that may take too many steps scores 0 by its lengths, whatever the machine", async () => {
  const { scores, failures } = await scored(context, { kind: "regex", pattern: "(?:ab?c{9}){90}|x" }, [
    ["x".repeat(200_000), ""],
    ["x", ""],
  ]);
  expect(scores).toEqual([0, 1]);
  expect(failures).toEqual({ verifierStepLimits: 1 });
});

describe("judges", () => {
  const rows = ["aa", "b", "aaaa"].map((response) => ({ prompt: "q", response }));

  test("higher is better, and prefer: less turns it round", async () => {
    const more = await openTestJudge(context, { kind: "length" });
    const less = await openTestJudge(context, { kind: "length", prefer: "less" });
    expect(await more.score(rows)).toEqual([2, 1, 4]);
    expect(await less.score(rows)).toEqual([-2, -1, -4]);
    expect([more.describe, less.describe]).toEqual(["length", "length, less is better"]);
    expect(Object.keys(less.counts())).toEqual(Object.keys(judgeMetrics));
  });

  test("a regex counts its matches; no match is 0 and not -0", async () => {
    const scorer = await openTestJudge(context, { kind: "regex", pattern: "a", prefer: "less" });
    expect(await scorer.score(rows)).toEqual([-2, 0, -4]);
  });

  test("rules that compare need the row's answer", async () => {
    const scorer = await openTestJudge(context, { kind: "number" });
    expect(await scorer.score([{ prompt: "q", response: "4", reference: "4" }])).toEqual([1]);
    expect(await catchFailure(scorer.score(rows))).toMatchObject({ code: "DATA_INVALID" });
    expect(countFailures(scorer)).toEqual({});
  });
});

describe("what a verifier or a judge may say", () => {
  const verifierProblem = (...verifiers: object[]) =>
    verifierRules.map((rule) => rule.check({ verifiers: verifiers as never })).find((problem) => problem !== undefined);
  const judgeProblem = (judge: object) =>
    judgeRules.map((rule) => rule.check({ judge: judge as never })).find((problem) => problem !== undefined);

  test.each([
    [{ kind: "module" }, "MISSING_KEY", ["verifiers", 0], "path"],
    [{ kind: "number", pattern: "x" }, "NOT_ALLOWED", ["verifiers", 0, "pattern"], "only valid with kind regex"],
    [{ kind: "exact", path: "x.mjs" }, "NOT_ALLOWED", ["verifiers", 0, "path"], "only valid with kind module"],
    [{ kind: "regex", stepLimit: 10_000 }, "NOT_ALLOWED", ["verifiers", 0, "stepLimit"], "only valid with kind code"],
    [{ kind: "number", timeLimitMs: 1 }, "NOT_ALLOWED", ["verifiers", 0, "timeLimitMs"], "only valid with kind module"],
    [{ kind: "code", timeLimitMs: 1 }, "NOT_ALLOWED", ["verifiers", 0, "timeLimitMs"], "only valid with kind module"],
    [
      { kind: "regex", pattern: "a", timeLimitMs: 1 },
      "NOT_ALLOWED",
      ["verifiers", 0, "timeLimitMs"],
      "only valid with kind module",
    ],
    [
      { kind: "regex", memoryLimitBytes: 1 << 25 },
      "NOT_ALLOWED",
      ["verifiers", 0, "memoryLimitBytes"],
      "only valid with kind code or module",
    ],
    [{ kind: "regex", pattern: "(" }, "NOT_ALLOWED", ["verifiers", 0, "pattern"], "regular expression"],
    [{ kind: "regex", pattern: "\\-" }, "NOT_ALLOWED", ["verifiers", 0, "pattern"], "regular expression"],
    [{ kind: "regex", pattern: "a(?=b)" }, "NOT_ALLOWED", ["verifiers", 0, "pattern"], "lookahead"],
    [{ kind: "regex", pattern: "(a)\\1" }, "NOT_ALLOWED", ["verifiers", 0, "pattern"], "backreference"],
  ])("verifier %j", (verifier, code, at, message) => {
    expect(verifierProblem(verifier)).toMatchObject({ code, at, message: expect.stringContaining(message) });
  });

  test("a task has one verifier", () => {
    expect(
      verifierProblem({ kind: "exact", task: "a" }, { kind: "exact" }, { kind: "number", task: "a" }),
    ).toMatchObject({
      at: ["verifiers", 2],
      message: "matches task a, as verifiers[0] does",
    });
    expect(verifierProblem({ kind: "exact" }, { kind: "number" })).toMatchObject({ at: ["verifiers", 1] });
  });

  test.each([
    [{ kind: "regex" }, "MISSING_KEY", ["judge"], "needs pattern"],
    [{ kind: "module" }, "MISSING_KEY", ["judge"], "needs path"],
    [{ kind: "rewardModel" }, "MISSING_KEY", ["judge"], "needs rewardModel"],
    [{ kind: "length", rewardModel: {} }, "NOT_ALLOWED", ["judge", "rewardModel"], "only valid with kind rewardModel"],
    [{ kind: "regex", pattern: "[" }, "NOT_ALLOWED", ["judge", "pattern"], "regular expression"],
  ])("judge %j", (judge, code, at, message) => {
    expect(judgeProblem(judge)).toMatchObject({ code, at, message: expect.stringContaining(message) });
  });

  test("what is sound has no problem", () => {
    const all = ["number", "exact", "regex", "code"].map((kind) => ({ kind, task: kind }));
    expect(verifierProblem(...all, { kind: "module", path: "a.mjs", timeLimitMs: 5 })).toBeUndefined();
    expect(verifierProblem()).toBeUndefined();
    for (const judge of [{ kind: "length" }, { kind: "regex", pattern: "a" }, { kind: "rewardModel", rewardModel: {} }])
      expect(judgeProblem(judge)).toBeUndefined();
    expect(judgeRules.map((rule) => rule.check({}))).toEqual([undefined, undefined]);
  });
});
