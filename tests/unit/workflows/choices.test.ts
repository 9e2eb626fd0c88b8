import type { ArtifactRef } from "../../../schemas/artifact.js";
import { reopened, type Choice, type ChoiceUpdate } from "../../../schemas/choices.js";
import type { StageFailure } from "../../../schemas/run.js";
import { Board, initialStates } from "../../../workflows/board.js";
import { givenChoices, listenForChoices, requestChoices } from "../../../workflows/choices.js";
import { planned, state } from "./stages.js";

/** Updates that the workflow listens for, by name. */
const mockUpdates = new Map<string, (asked: ChoiceUpdate) => unknown>();
jest.mock("@temporalio/workflow", () => ({
  ...jest.requireActual<object>("@temporalio/workflow"),
  patched: () => true,
  setHandler: ({ name }: { name: string }, handler: (asked: ChoiceUpdate) => unknown) => mockUpdates.set(name, handler),
  log: { warn: () => undefined },
}));

const pairs: ArtifactRef<"pairs"> = { artifact: "pairs", digest: "0".repeat(64) };
const stages = [planned("a")];
const plan = { name: "p", definitionDigest: "", seed: 1, inputs: {}, stages, outputs: {} };
const failureOf = (code: "DATA_EMPTY" | "DISK_FULL"): StageFailure => {
  return { code, class: code === "DATA_EMPTY" ? "configuration" : "diskFull", message: "", facts: {} };
};

/** A run's board whose stage asks; the choices are made, and the stage fails with them where a code is given. */
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
