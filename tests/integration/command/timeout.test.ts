import { CompleteAsyncError } from "@temporalio/activity";
import { command } from "../../../activities/command.js";
import type { StageContext } from "../../../activities/stage.js";
import { checkWith } from "../../../compiler/inputs/check-with.js";
import { timeLimit } from "../../../worker/attempts/time-limit.js";
import { attempt, processWith, request } from "../../support/attempt.js";
import { useDirectory } from "../../support/directory.js";
import { imports, javaScript, tell } from "./support.js";

const home = useDirectory();

const timeoutMs = 120_000;

/**
 * The server still knows the attempt, which sends it the outcome itself: for all it knows, the
 * event loop stood still.
 */
const fail = jest.fn((_token: Uint8Array, _error: Error) => Promise.resolve());
const client = { activity: { heartbeat: () => Promise.resolve(), fail } };

/** Timers of this process stand still until the test says how much time has passed. */
beforeEach(() => {
  const others = ["Date", "hrtime", "nextTick", "queueMicrotask"] as const;
  const repeated = ["setImmediate", "clearImmediate", "setInterval", "clearInterval"] as const;
  jest.useFakeTimers({ doNotFake: [...others, ...repeated] });
});
afterEach(() => void jest.useRealTimers());

/**
 * Waits for SIGTERM in its first attempt, then saves a checkpoint; the next attempt reports what it
 * resumes from.
 */
const program = javaScript(
  `${imports}
   if (env.PAWL_RESUME) {
     const from = Number(fs.readFileSync(path.join(env.PAWL_RESUME, "from"), "utf8"));
     fs.writeSync(Number(env.PAWL_EVENTS), JSON.stringify({ event: "metrics", metrics: { from } }) + "\\n");
   } else {
     process.on("SIGTERM", () => {
       fs.mkdirSync(path.join(env.PAWL_CHECKPOINT_DIR, "new"));
       fs.writeFileSync(path.join(env.PAWL_CHECKPOINT_DIR, "new/from"), "7");
       fs.renameSync(path.join(env.PAWL_CHECKPOINT_DIR, "new"), path.join(env.PAWL_CHECKPOINT_DIR, "12"));
       process.exit(0);
     });
     ${tell({ event: "progress", done: 12, total: 100 })}
     setInterval(() => {}, 1000);
   }`,
);

test("a program gets SIGTERM before its timeout, and the next attempt resumes from what it saved then", async () => {
  const { stopMs, killMs } = timeLimit(timeoutMs);
  const graces: number[] = [];
  const work = (_settings: never, context: StageContext) =>
    command(checkWith("command", program as never), {
      ...context,
      progress(progress) {
        context.progress(progress);
        jest.advanceTimersByTime(stopMs - 1);
        expect(context.signal.aborted).toBe(false);
        jest.advanceTimersByTime(1);
        expect(context.signal.aborted).toBe(true);
        graces.push(context.graceMs());
      },
    });
  const worker = processWith(home(), work);
  const run = (number: number) => attempt(worker, request({ attempt: number }), undefined, client, timeoutMs);
  await expect(run(1)).rejects.toBeInstanceOf(CompleteAsyncError);
  expect(fail.mock.calls.map(([, error]) => error)).toMatchObject([
    {
      type: "STAGE_TIMEOUT",
      details: [
        { class: "timeout", facts: { next: "raise `timeout`, or reduce the work of the stage" } },
        { done: 12, checkpointStep: 12 },
        expect.any(Number),
      ],
    },
  ]);
  // It is killed, if it does not end, before the server gives the attempt up.
  expect(graces).toEqual([killMs - stopMs]);
  expect(await run(2)).toMatchObject({ metrics: { from: 7 } });
});
