import type { ArtifactRef } from "../../../schemas/artifact.js";
import { countedChoice, reopened, type Choice, type ChoiceUpdate } from "../../../schemas/choices.js";
import type { StageFailure } from "../../../schemas/run.js";
import { Board, initialStates } from "../../../workflows/board.js";
import { givenChoices, listenForChoices, requestChoices } from "../../../workflows/choices.js";
import { planned, state } from "./stages.js";

/** Updates that the workflow listens for, by name. */
const mockUpdates = new Map<string, (asked: ChoiceUpdate) => unknown>();
/** What refuses them. */
const mockValidators = new Map<string, (asked: ChoiceUpdate) => void>();
jest.mock("@temporalio/workflow", () => ({
  ...jest.requireActual<object>("@temporalio/workflow"),
  patched: () => true,
  setHandler: (
    { name }: { name: string },
    handler: (asked: ChoiceUpdate) => unknown,
    { validator }: { validator: (asked: ChoiceUpdate) => void },
  ) => {
    mockUpdates.set(name, handler);
    mockValidators.set(name, validator);
  },
  log: { warn: () => undefined },
}));

const pairs: ArtifactRef<"pairs"> = { artifact: "pairs", digest: "0".repeat(64) };
const stages = [planned("a")];
const plan = { name: "p", definitionDigest: "", seed: 1, inputs: {}, stages, outputs: {} };
const failureOf = (code: "DATA_EMPTY" | "DISK_FULL"): StageFailure => {
  return { code, class: code === "DATA_EMPTY" ? "configuration" : "diskFull", message: "", facts: {} };
};

/**
 * A run's board whose stage asks; the choices are made, and the stage fails with them where a code
 * is given.
 */
function asked(choices: Record<number, Choice>, code?: "DATA_EMPTY" | "DISK_FULL"): Board {
  const board = new Board(plan, { a: state("a", "running") });
  listenForChoices(() => board);
  requestChoices(board, "a", { pairs, items: 3, target: 2 });
  for (const [item, choice] of Object.entries(choices)) send("choose", { item: Number(item), choice });
  if (code !== undefined) board.set("a", { status: "failed", failure: failureOf(code) });
  return board;
}
const send = (name: string, asked: Omit<ChoiceUpdate, "stage"> = {}) =>
  mockUpdates.get(name)!({ stage: "a", ...asked });

/** The board of the run that resumes it, whose stage has asked again. */
function resumed(before: Board, request: Partial<Parameters<typeof requestChoices>[2]> = {}): Board {
  const board = new Board(plan, initialStates(stages, before.states));
  listenForChoices(() => board);
  requestChoices(board, "a", { pairs, items: 3, target: 2, ...request });
  return board;
}

describe("a request for choices", () => {
  it("is closed by enough of them", () => {
    const board = asked({ 1: "tie", 2: "first" });
    expect(board.state("a")).toMatchObject({ status: "queued", choiceRequest: { closed: "target" } });
    expect(givenChoices(board, "a")).toEqual({ pairs, choices: { 1: "tie", 2: "first" } });
  });
  it("is closed immediately where the earlier choices are enough, and the stage failed for another reason", () => {
    const board = resumed(asked({ 1: "tie", 2: "first" }, "DISK_FULL"));
    expect(givenChoices(board, "a")?.choices).toEqual({ 1: "tie", 2: "first" });
  });
});

describe("a request whose choices gave nothing to learn from", () => {
  const insufficient = () => asked({ 1: "tie", 2: "bothBad" }, "DATA_EMPTY");
  it("stays open when it is made again, with the choices made", () => {
    const board = resumed(insufficient());
    expect(board.state("a")).toMatchObject({
      status: "waiting",
      choiceRequest: { choices: { 1: "tie", 2: "bothBad" } },
    });
    expect(givenChoices(board, "a")).toBeUndefined();
  });
  it("stays open after a further cancel and resume", () => {
    const board = resumed(insufficient());
    board.set("a", { status: "cancelled" });
    expect(resumed(board).state("a").status).toBe("waiting");
  });
  it.each([
    ["a changed choice", "choose", { item: 2, choice: "first" as const }, "target"],
    ["one more choice", "choose", { item: 3, choice: "second" as const }, "target"],
    ["a person", "close", {}, "close"],
  ])("is closed by %s", (_, name, change, closed) => {
    const board = resumed(insufficient());
    send(name, change);
    expect(board.state("a")).toMatchObject({ status: "queued", choiceRequest: { closed } });
  });
  it("is not closed by a choice that is sent again, nor by one taken back", () => {
    const board = resumed(insufficient());
    send("choose", { item: 2, choice: "bothBad" });
    send("withdraw", { item: 1 });
    expect(board.state("a")).toMatchObject({ status: "waiting", choiceRequest: { choices: { 2: "bothBad" } } });
    send("choose", { item: 1, choice: "first" });
    expect(givenChoices(board, "a")?.choices).toEqual({ 1: "first", 2: "bothBad" });
  });
  it("counts as any other once a choice has been made", () => {
    const board = resumed(insufficient());
    send("choose", { item: 2, choice: "first" });
    board.set("a", { status: "failed", failure: failureOf("DISK_FULL") });
    expect(resumed(board).state("a").status).toBe("queued");
  });
  it("is another request where the pairs are others", () => {
    const board = resumed(insufficient(), { pairs: { ...pairs, digest: "1".repeat(64) } });
    expect(board.state("a").choiceRequest).toEqual({ pairs: expect.anything(), items: 3, target: 2, choices: {} });
  });
  it("remains insufficient where the stage fails before it asks again", () => {
    const request = { pairs, items: 3, target: 2, choices: {} };
    const again = reopened({ ...request, closed: "target" }, "DATA_EMPTY");
    expect(reopened(again, "DISK_FULL")).toEqual({ ...request, insufficient: true });
  });
});

describe("choices of several people", () => {
  /** A request that each item needs two people for. */
  function together(): Board {
    const board = new Board(plan, { a: state("a", "running") });
    listenForChoices(() => board);
    requestChoices(board, "a", { pairs, items: 3, target: 2, people: 2 });
    return board;
  }
  const requestOf = (board: Board) => board.state("a").choiceRequest!;

  it("are kept side by side, and close the request once enough people have chosen at enough items", () => {
    const board = together();
    expect(send("choose", { item: 1, choice: "first", by: "heron", note: "shorter" })).toMatchObject({ chosen: 0 });
    send("choose", { item: 2, choice: "tie", by: "heron" });
    expect(send("choose", { item: 1, choice: "first", by: "egret" })).toMatchObject({ chosen: 1, closed: false });
    expect(send("choose", { item: 2, choice: "second", by: "egret" })).toMatchObject({ chosen: 2, closed: true });
    expect(givenChoices(board, "a")).toEqual({
      pairs,
      choices: { 1: "first", 2: "tie" },
      votes: {
        heron: { 1: { choice: "first", note: "shorter" }, 2: { choice: "tie" } },
        egret: { 1: { choice: "first" }, 2: { choice: "second" } },
      },
    });
  });
  it("survive a retry and a resume", () => {
    const board = together();
    send("choose", { item: 1, choice: "first", by: "heron" });
    expect(requestOf(resumed(board, { people: 2 })).votes).toEqual({ heron: { 1: { choice: "first" } } });
  });
  it("are withdrawn one person at a time", () => {
    const board = together();
    send("choose", { item: 1, choice: "first", by: "heron" });
    send("choose", { item: 1, choice: "second", by: "egret" });
    expect(requestOf(board).choices).toEqual({ 1: "tie" });
    send("withdraw", { item: 1, by: "heron" });
    expect(requestOf(board)).toMatchObject({ choices: { 1: "second" }, votes: { egret: { 1: { choice: "second" } } } });
    send("withdraw", { item: 1, by: "__proto__" });
    send("withdraw", { item: 1, by: "egret" });
    expect(requestOf(board).choices).toEqual({});
    expect(requestOf(board)).not.toHaveProperty("votes");
  });
  it("count beside those that an earlier version took without a name", () => {
    const board = together();
    board.set("a", { choiceRequest: { ...requestOf(board), choices: { 1: "second" } } });
    send("choose", { item: 1, choice: "second", by: "heron" });
    expect(requestOf(board)).toMatchObject({
      choices: { 1: "second" },
      votes: { "": { 1: { choice: "second" } }, heron: { 1: { choice: "second" } } },
    });
  });
});

describe("the choice that counts", () => {
  it.each<[Choice[], Choice]>([
    [["first"], "first"],
    [["first", "second"], "tie"],
    [["second", "first", "second"], "second"],
    [["bothBad", "bothBad", "first", "first"], "tie"],
    [["bothBad", "bothBad", "first"], "bothBad"],
  ])("of %j is %s", (choices, counted) => {
    expect(countedChoice(choices)).toBe(counted);
    expect(countedChoice([...choices].reverse())).toBe(counted);
  });
});

describe("a choice is refused", () => {
  const check = (asked: Omit<ChoiceUpdate, "stage">) => () => mockValidators.get("choose")!({ stage: "a", ...asked });
  beforeEach(() => {
    asked({});
    send("choose", { item: 1, choice: "first", by: "heron" });
  });
  it.each([
    [
      "twice, by a page that knows nothing of the first",
      { item: 1, choice: "second", by: "heron", before: null },
      "ANSWER_OUTDATED",
    ],
    [
      "from a page that shows other pairs",
      { item: 2, choice: "first", by: "heron", pairs: "1".repeat(64) },
      "ANSWER_OUTDATED",
    ],
    [
      "whose earlier choice was withdrawn elsewhere",
      { item: 2, choice: "first", by: "heron", before: "tie" },
      "ANSWER_OUTDATED",
    ],
    ["with a name that is too long", { item: 2, choice: "first", by: "h".repeat(201) }, "WRONG_TYPE"],
    ["with a note that is too long", { item: 2, choice: "first", by: "heron", note: "n".repeat(1001) }, "WRONG_TYPE"],
    ["with a name that is none", { item: 2, choice: "first", by: 7 as never }, "WRONG_TYPE"],
  ] satisfies [string, Omit<ChoiceUpdate, "stage">, string][])("%s", (_, sent, type) => {
    expect(check(sent)).toThrow(expect.objectContaining({ type }));
  });
  it("of one person more than a request takes", () => {
    for (let i = 1; i < 100; i++) send("choose", { item: 1, choice: "first", by: `person ${i}` });
    expect(check({ item: 2, choice: "first", by: "one more" })).toThrow(
      expect.objectContaining({ type: "OUT_OF_RANGE" }),
    );
    expect(check({ item: 2, choice: "first", by: "heron" })).not.toThrow();
  });
  it("but not if it is the same choice again", () => {
    expect(check({ item: 1, choice: "first", by: "heron", before: null })).not.toThrow();
  });
});
