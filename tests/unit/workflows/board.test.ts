import type { ChoiceRequestState } from "../../../schemas/choices.js";
import type { JsonObject } from "../../../platform/json.js";
import { Board, initialStates, runStatus } from "../../../workflows/board.js";
import type { StageStatus } from "../../../schemas/run.js";
import { mergePatch } from "../../../platform/json.js";
import { summary } from "../../../workflows/summary.js";
import { planned, state } from "./stages.js";

const stages = [planned("a"), planned("b", { needs: ["a"] })];
const plan = { name: "p", definitionDigest: "", seed: 1, inputs: {}, stages, outputs: {} };
const failure = {
  code: "DATA_EMPTY",
  class: "configuration",
  message: "no rows",
  facts: { next: "add rows" },
} as const;
const compute = { backend: "tensorflow", version: "1", device: "cpu", threads: 2, flags: {} } as const;

const question: ChoiceRequestState = {
  pairs: { artifact: "pairs", digest: "0".repeat(64) },
  items: 20,
  target: 10,
  choices: { 1: "first", 7: "tie" },
};

describe("the board", () => {
  it("begins a resumed run with what had succeeded, the changes that were made, and what was computed with", () => {
    const known = {
      a: { ...state("a", "succeeded"), attempts: 2 },
      b: { ...state("b", "failed"), attempts: 3, failure, changes: [{ steps: 1 }], compute },
    };
    expect(initialStates(stages, known)).toEqual({
      a: known.a,
      b: { ...state("b", "queued"), changes: [{ steps: 1 }], compute },
    });
  });
  it("puts the question of a resumed run again, with the choices made", () => {
    const choiceRequest = { ...question, closesAtMs: 9, closed: "deadline" as const };
    const known = { a: { ...state("a", "failed"), choiceRequest } };
    expect(initialStates(stages, known)["a"]).toEqual({ ...state("a", "queued"), choiceRequest: question });
  });
  it.each(["queued", "running", "cancelled"] as const)(
    "keeps a question closed where the stage of a resumed run was %s: it has not failed with the choices",
    (status) => {
      const choiceRequest = { ...question, closed: "close" as const };
      const known = { a: { ...state("a", status), choiceRequest } };
      expect(initialStates(stages, known)["a"]).toEqual({ ...state("a", "queued"), choiceRequest });
    },
  );
  it("puts the question of a stage again that was parked when its run ended", () => {
    const parked = { ...state("a", "parked"), failure, choiceRequest: { ...question, closed: "close" as const } };
    const board = new Board(plan, { a: parked, b: state("b", "failed") });
    board.cancel("a", "stages.b failed");
    expect(board.state("a")).toMatchObject({ status: "cancelled", failure, reason: "stages.b failed" });
    const choiceRequest = { ...question, insufficient: true };
    expect(initialStates(stages, board.states)["a"]).toEqual({ ...state("a", "queued"), choiceRequest });
  });
  it("forgets a known state of another stage type", () => {
    const known = { a: { ...state("a", "succeeded"), uses: "export" as const } };
    expect(initialStates(stages, known)["a"]?.status).toBe("queued");
  });
  it("shows expressions only stages that have ended", () => {
    const board = new Board(plan, { a: state("a", "succeeded"), b: state("b", "running") });
    expect(Object.keys(board.context("run").stages)).toEqual(["a"]);
  });
  it("counts every change, and removes fields that become undefined", () => {
    const board = new Board(plan, initialStates(stages));
    board.set("a", { status: "running", reason: "because" });
    board.set("a", { reason: undefined });
    expect(board.version).toBe(2);
    expect(board.state("a")).toEqual({ ...state("a", "running"), sinceMs: expect.any(Number) });
  });
  it("adds up how long a stage was in each status, from its first start on", () => {
    const clock = jest.spyOn(Date, "now");
    const board = new Board(plan, initialStates(stages));
    const at = (ms: number, status: StageStatus) => {
      clock.mockReturnValue(ms);
      board.set("a", { status });
    };
    at(100, "running");
    at(150, "parked");
    at(450, "queued");
    at(460, "running");
    at(500, "succeeded");
    clock.mockRestore();
    expect(board.state("a")).toMatchObject({ sinceMs: 500, spentMs: { running: 90, parked: 300, queued: 10 } });
  });
  it("is parked only while nothing is under way", () => {
    const board = new Board(plan, { a: state("a", "parked"), b: state("b", "running") });
    expect(runStatus(board)).toBe("running");
    board.set("b", { status: "queued" });
    expect(runStatus(board)).toBe("parked");
  });
  it("asks only while nothing is under way, and says in the UI how to answer", () => {
    const board = new Board(plan, {
      a: { ...state("a", "waiting"), choiceRequest: question },
      b: state("b", "running"),
    });
    expect(runStatus(board)).toBe("running");
    board.set("b", { status: "queued" });
    expect(runStatus(board)).toBe("waiting");
    expect(summary(board, "run-1")).toMatchInlineSnapshot(`
      "**p**: waiting, 0 of 2 stages succeeded; in the studio: \`pawl open run-1 --studio\`
      ### ◆ a requests choices: 2 of 10

      Run \`pawl choose run-1\`, which shows them, or send the update \`choose\` (\`{"stage": "a", "item": 1, "choice": "first"}\`); \`withdraw\` withdraws a choice, \`close\` resumes the stage with the choices made so far.
      | | stage | uses | status | attempts | |
      |-|-|-|-|-|-|
      | ◆ | a | dataset | waiting | 0 | 2 of 10 |
      | ○ | b | dataset | queued | 0 |  |"
    `);
  });
  it("names in the UI the task queue of an activity that an attempt has called", () => {
    const calls = { activity: "count", taskQueue: "own" };
    const board = new Board(plan, { a: { ...state("a", "running"), attempts: 1, calls }, b: state("b", "queued") });
    expect(summary(board, "run-1")).toContain("| ● | a | dataset | running | 1 | activity count on task queue own |");
  });
  it("says in the UI how to answer a parked stage", () => {
    const board = new Board(plan, { a: { ...state("a", "parked"), attempts: 1, failure }, b: state("b", "queued") });
    expect(summary(board, "run-1")).toMatchInlineSnapshot(`
      "**p**: parked, 0 of 2 stages succeeded; in the studio: \`pawl open run-1 --studio\`
      ### ⏸ a is parked

      DATA_EMPTY: no rows

      next: add rows

      Send the update \`retry\` (\`{"stage": "a", "with": {…}}\` changes its settings), \`skip\` or \`abort\` (\`{"stage": "a"}\`).
      | | stage | uses | status | attempts | |
      |-|-|-|-|-|-|
      | ⏸ | a | dataset | parked | 1 | DATA_EMPTY |
      | ○ | b | dataset | queued | 0 |  |"
    `);
  });
});

describe("a merge patch", () => {
  it("merges objects, removes what is null, replaces the rest", () => {
    const target = { keep: 1, drop: 2, list: [1, 2], deep: { a: 1, b: 2 } };
    expect(mergePatch(target, { drop: null, list: [3], deep: { b: null, c: 3 }, fresh: { x: null, y: 1 } })).toEqual({
      keep: 1,
      list: [3],
      deep: { a: 1, c: 3 },
      fresh: { y: 1 },
    });
  });
  it("takes names that objects inherit as names like others", () => {
    const merged = mergePatch({ a: 1 }, JSON.parse('{"__proto__": {"b": 2}, "toString": {"c": 3}}') as JsonObject);
    expect(JSON.stringify(merged)).toBe('{"a":1,"__proto__":{"b":2},"toString":{"c":3}}');
    expect(merged["b"]).toBeUndefined();
  });
});
