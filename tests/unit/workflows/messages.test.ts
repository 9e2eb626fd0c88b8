import fc from "fast-check";
import { choiceUpdates } from "../../../schemas/choices.js";
import { approvalUpdate } from "../../../schemas/approvals.js";
import { groupSignals } from "../../../schemas/concurrency.js";
import { childSignal, pauseNames, pauseSignal, updateNames } from "../../../schemas/run.js";
import { listenForAnswers } from "../../../workflows/actions.js";
import { listenForApprovals, requestApproval } from "../../../workflows/approvals.js";
import { Board } from "../../../workflows/board.js";
import { listenForChildren } from "../../../workflows/child.js";
import { listenForChoices, requestChoices } from "../../../workflows/choices.js";
import { concurrency } from "../../../workflows/concurrency.js";
import { isGroupAnswer, isMember, isNews, isPause } from "../../../workflows/messages.js";
import { notification } from "../../../workflows/notification.js";
import { listenForPauses } from "../../../workflows/pause.js";
import { payloadConverter } from "../../../workflows/payload-converter.js";
import { GroupMembership } from "../../../workflows/group-membership.js";
import { planned, state } from "./stages.js";

type Handler = (given: unknown) => unknown;
const mockHandlers = new Map<string, Handler>();
const mockValidators = new Map<string, Handler>();
const mockInfo: { parent?: object } & Record<string, unknown> = {
  ...{ workflowId: "run", firstExecutionRunId: "execution", startTime: new Date(0) },
};
/** What the code waits for that has waited last. */
let mockAwaited: () => boolean;
jest.mock("../../../workflows/activities.js", () => ({ joinGroup: () => Promise.resolve() }));
jest.mock("@temporalio/workflow", () => ({
  ...jest.requireActual<object>("@temporalio/workflow"),
  setHandler: ({ name }: { name: string }, handler: Handler, options?: { validator?: Handler }) => {
    mockHandlers.set(name, handler);
    if (options?.validator) mockValidators.set(name, options.validator);
  },
  workflowInfo: () => mockInfo,
  condition: (awaited: () => boolean) => {
    mockAwaited = awaited;
    return awaited() ? Promise.resolve(true) : new Promise(() => undefined);
  },
  log: { warn: () => undefined },
}));

const stages = [planned("a"), planned("b"), planned("c"), planned("d")];
const plan = { name: "p", definitionDigest: "", seed: 1, inputs: {}, stages, outputs: {} };
const pairs = { artifact: "pairs" as const, digest: "0".repeat(64) };
const isRefusal = expect.objectContaining({ name: "ApplicationFailure", nonRetryable: true });

/** A run with a stage for each thing that people are asked for, and a child. */
function makeBoard(): Board {
  const board = new Board(plan, {
    ...{ a: state("a", "running"), b: state("b", "running"), c: state("c", "parked") },
    d: { ...state("d", "running"), child: { run: "run.d", execution: "execution" } },
  });
  requestChoices(board, "a", { pairs, items: 3, target: 2 });
  requestApproval(board, "b", { message: "", form: {}, approvers: [] });
  return board;
}

let board: Board;
let place: GroupMembership;
beforeEach(() => {
  delete mockInfo.parent;
  board = makeBoard();
  place = new GroupMembership(() => undefined);
  for (const listen of [listenForAnswers, listenForApprovals, listenForChildren, listenForChoices, listenForPauses])
    listen(() => board);
});

/** What an update changes: nothing if it is refused. */
async function update(name: string, given: unknown): Promise<void> {
  mockValidators.get(name)!(given);
  await mockHandlers.get(name)!(given);
}

/** Whether every stage is counted under its own status: a run ends once all of them have ended. */
function expectWhole(): void {
  for (const { id, status } of board.list()) expect(board.with(status).map((one) => one.id)).toContain(id);
  expect(board.count("queued", "running", "waiting", "parked", "skipped", "failed")).toBe(stages.length);
}

describe("arguments that are none of the kind:", () => {
  const words = ["a", "b", "c", "d", "first", "granted", "queue", "run", "execution", "parked", "__proto__"];
  const names = ["stage", "item", "choice", "by", "note", "before", "pairs", "approved", "comment", "answers"].concat(
    ...["place", "behind", "runId", "execution", "limit", "onLimit", "startedAtMs", "asks", "status", "run", "verb"],
    ...["sinceMs", "toString", "__proto__", "group", "holders", "waiting", "retry", "event", "webhook"],
  );
  const leaf = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, 0, 1, -1, 1.5, 1e300, true, "", ...words, "\ud800", "x".repeat(2000)),
    fc.string(),
  );
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 6 }),
    ),
  }));
  const updates = [...Object.values(choiceUpdates), updateNames.skip, updateNames.abort, approvalUpdate].concat(
    Object.values(pauseNames),
  );

  test("an update is refused with a coded error, or leaves a whole board", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...updates), value, async (name, given) => {
        board = makeBoard();
        await update(name, given).catch((error: unknown) => expect(error).toEqual(isRefusal));
        expectWhole();
      }),
      { numRuns: 500 },
    );
  });

  test("a signal is ignored", async () => {
    mockInfo.parent = {};
    void place.acquire({ ...plan, concurrency: { group: "g", limit: 1, onLimit: "queue" } });
    await Promise.resolve();
    const hasPlace = mockAwaited;
    const signals = [childSignal, pauseSignal, groupSignals.answer];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...signals), value, async (name, given) => {
        if (isNews(given) || isPause(given) || isGroupAnswer(given)) return;
        const before = JSON.stringify(board.list());
        await mockHandlers.get(name)!(given);
        expect(JSON.stringify(board.list())).toBe(before);
        expect(hasPlace()).toBe(false);
      }),
      { numRuns: 500 },
    );
    expect(place.queue()).toEqual({ group: "g", behind: [] });
    expect(board.isPaused()).toBe(false);
  });

  test("a start of a group or of a notification is refused", async () => {
    mockInfo.parent = {};
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        for (const workflow of [concurrency, notification])
          await expect(workflow(given as never)).rejects.toEqual(isRefusal);
      }),
    );
  });

  test("a group does not change", async () => {
    void concurrency({ group: "g", holders: [], waiting: [] });
    for (const given of [undefined, null, "x", {}, { runId: "", execution: "e" }, { runId: 1e300 }]) {
      await mockHandlers.get(groupSignals.join)!(given);
      await mockHandlers.get(groupSignals.leave)!(given);
      expect(isMember(given)).toBe(false);
      expect(mockAwaited()).toBe(false);
    }
  });
});

describe("an update of choices", () => {
  test.each([
    ["in a list", ["a"]],
    ["in an object", { toString: 1 }],
    ["that every object has", "__proto__"],
  ])("does not name a stage %s", async (_, stage) => {
    for (const name of Object.values(choiceUpdates))
      await expect(update(name, { stage, item: 1, choice: "first" })).rejects.toMatchObject({
        type: "STAGE_NOT_WAITING",
      });
    expectWhole();
  });
  test("does not withdraw the choice of what is no name", async () => {
    await expect(update("withdraw", { stage: "a", item: 1, by: { toString: 1 } })).rejects.toMatchObject({
      type: "WRONG_TYPE",
    });
  });
  test("has a short error, whatever it holds", async () => {
    const long = "x".repeat(1_000_000);
    const sent = [{ stage: long }, { stage: "a", item: long }, { stage: "a", item: 1, choice: long }];
    for (const name of [...Object.values(choiceUpdates), ...Object.values(updateNames), approvalUpdate])
      for (const given of sent)
        await update(name, given).catch(({ message }: Error) => expect(message.length).toBeLessThan(1000));
    expect.hasAssertions();
  });
});

describe("what people give a run is bounded in sum:", () => {
  const note = "n".repeat(1000);
  const isFull = expect.objectContaining({
    type: "OUT_OF_RANGE",
    message: expect.stringContaining("cannot keep more"),
  });
  /** Votes with notes of several people, until one is refused. */
  async function fill(): Promise<number> {
    requestChoices(board, "a", { pairs, items: 1000, target: 1000, people: 100 });
    for (let sent = 0; sent < 600; sent++) {
      const vote = { stage: "a", item: (sent % 1000) + 1, choice: "first", by: `person ${sent % 99}`, note };
      try {
        await update("choose", vote);
      } catch (error) {
        expect(error).toEqual(isFull);
        return sent;
      }
    }
    throw new Error("600 notes were kept");
  }

  test("notes of votes, together with answers and changed settings", async () => {
    const votes = await fill();
    expect(votes).toBeGreaterThan(400);
    expect(votes).toBeLessThan(520);
    expect(JSON.stringify(board.states).length).toBeLessThan(600_000);
    const long = { x: "y".repeat(2000) };
    await expect(update("retry", { stage: "c", with: long })).rejects.toEqual(isFull);
    await expect(update("approve", { stage: "b", approved: false, by: "x", comment: long.x })).rejects.toEqual(isFull);
    await update("close", { stage: "a" });
  });
});

test("a parent's pause reaches the run of a child only", async () => {
  await mockHandlers.get(pauseSignal)!({ sinceMs: 1, by: "x" });
  expect(board.isPaused()).toBe(false);
  mockInfo.parent = {};
  await mockHandlers.get(pauseSignal)!({ sinceMs: 1, by: "x" });
  expect(board.isPaused()).toBe(true);
});

test("what a workflow cannot read counts as nothing", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const data = bytes("{");
  expect(payloadConverter.fromPayload({ metadata: { encoding: bytes("binary/odd") }, data })).toBeUndefined();
  expect(payloadConverter.fromPayload({ metadata: { encoding: bytes("json/plain") }, data })).toBeUndefined();
  expect(payloadConverter.fromPayload({})).toBeUndefined();
  expect(payloadConverter.fromPayload(payloadConverter.toPayload({ stage: "a" }))).toEqual({ stage: "a" });
});
