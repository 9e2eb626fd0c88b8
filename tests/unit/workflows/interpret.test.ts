import { Board } from "../../../workflows/board.js";
import { interpret } from "../../../workflows/interpret.js";
import { planned, state } from "./stages.js";

/** Updates whose handlers have begun and not finished. */
let mockHandlers = 0;
jest.mock("@temporalio/workflow", () => ({
  ...jest.requireActual<object>("@temporalio/workflow"),
  workflowInfo: () => ({ historyLength: 1, historySize: 1, continueAsNewSuggested: true, workflowId: "run" }),
  allHandlersFinished: () => mockHandlers === 0,
  condition: async (awaited: () => boolean) => {
    while (!awaited()) await new Promise(setImmediate);
  },
}));

const turn = () => new Promise(setImmediate);

/** A run with a long history, whose only stage is parked, and what follows it. */
function begin(settles: boolean) {
  const stages = [planned("a")];
  const plan = { name: "p", definitionDigest: "", seed: 1, inputs: {}, stages, outputs: {} };
  const board = new Board(plan, { a: state("a", "parked") });
  board.settles = settles;
  const idle = { recorder: false, parentNotifier: false, notifier: false };
  const observer = (name: keyof typeof idle) =>
    ({ notify: () => undefined, update: () => undefined, isIdle: () => idle[name] }) as never;
  const observers = {
    recorder: observer("recorder"),
    parentNotifier: observer("parentNotifier"),
    notifier: observer("notifier"),
  };
  let ended: string | undefined;
  const run = interpret(board, { ...observers, listing: undefined, tellUi: () => undefined }).then((why) => {
    ended = why;
  });
  const change = async (act: () => void): Promise<string | undefined> => {
    act();
    board.version++;
    await turn();
    await turn();
    return ended;
  };
  return { idle, change, run };
}

test("a run continues as new once everything is recorded and told, and no update is being handled", async () => {
  const { idle, change, run } = begin(true);
  expect(await change(() => undefined)).toBeUndefined();
  expect(await change(() => Object.assign(idle, { parentNotifier: true, notifier: true }))).toBeUndefined();
  // While the last record was written, a person has answered.
  expect(await change(() => (mockHandlers = 1))).toBeUndefined();
  expect(await change(() => (idle.recorder = true))).toBeUndefined();
  expect(await change(() => (mockHandlers = 0))).toBe("continueAsNew");
  await run;
});

test("a run from before continues immediately: its history holds what followed", async () => {
  const { change, run } = begin(false);
  expect(await change(() => undefined)).toBe("continueAsNew");
  await run;
});
