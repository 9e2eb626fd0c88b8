import { listenForInterrupt } from "../../../cli/interrupt.js";
import { recordedTerminal } from "../../support/terminal.js";

/** Listens with a keyboard of the test's, and notes what is done. */
function listening({ interactive = true, cancel = () => Promise.resolve() } = {}) {
  const terminal = recordedTerminal({ interactive });
  const done: string[] = [];
  const asked: { signal: AbortSignal; press: (key: string) => Promise<void> }[] = [];
  const note = (what: string) => () => void done.push(what);
  const stop = listenForInterrupt(
    "tiny-abc234",
    terminal,
    {
      pause: note("pause"),
      goOn: note("continue"),
      detach: note("detach"),
      cancel: () => (note("cancel")(), cancel()),
    },
    (signal) =>
      new Promise((resolve) => {
        const press = async (key: string): Promise<void> => {
          resolve(key);
          await new Promise(setImmediate);
        };
        asked.push({ signal: signal!, press });
      }),
  );
  return { terminal, done, asked, stop, interrupt: () => process.emit("SIGINT") };
}

test.each([
  ["d", ["pause", "detach"]],
  ["\u0003", ["pause", "detach"]],
  ["c", ["pause", "cancel", "continue"]],
  ["q", ["pause", "continue"]],
])("the key %j: %j", async (key, expected) => {
  const { done, asked, stop, interrupt } = listening();
  interrupt();
  await asked[0]!.press(key);
  stop();
  expect(done).toEqual(expected);
});

test("without a terminal, nobody is asked: it detaches", () => {
  const { done, asked, stop, interrupt } = listening({ interactive: false });
  interrupt();
  stop();
  expect([done, asked]).toEqual([["detach"], []]);
});

test("SIGINT while the question is open, or after the run was canceled, detaches", async () => {
  const { done, asked, stop, interrupt } = listening();
  interrupt();
  interrupt();
  await asked[0]!.press("c");
  interrupt();
  stop();
  expect(done).toEqual(["pause", "detach", "cancel", "continue", "detach"]);
  expect(asked).toHaveLength(1);
});

test("a cancellation that fails is reported, and can be requested again", async () => {
  const { terminal, done, asked, stop, interrupt } = listening({
    cancel: () => Promise.reject(new Error("no server")),
  });
  interrupt();
  await asked[0]!.press("c");
  expect(terminal.written.note).toContain("could not be canceled: no server");
  interrupt();
  await asked[1]!.press("x");
  stop();
  expect(done).toEqual(["pause", "cancel", "continue", "pause", "continue"]);
});

test("the end of the watching withdraws the question, and later signals mean nothing to it", () => {
  const { done, asked, stop, interrupt } = listening();
  interrupt();
  stop();
  expect(asked[0]!.signal.aborted).toBe(true);
  interrupt();
  expect(done).toEqual(["pause"]);
});
