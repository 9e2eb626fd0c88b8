import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { StageContext } from "../../../activities/stage.js";
import { putArtifact } from "../../../store/artifacts/artifacts.js";
import { checkpointSteps } from "../../../store/checkpoints.js";
import { layout } from "../../../store/home.js";
import { readLog } from "../../../store/history/log-reader.js";
import { findResult } from "../../../store/records/results.js";
import { useDirectory } from "../../support/directory.js";
import { attempt, request, processWith } from "../../support/attempt.js";
import { prepareStage } from "../../support/prepare.js";
const home = useDirectory();
const place = () => ({ home: home(), workingDirectory: home() });
const keyNow = async (): Promise<string> => (await prepareStage(place())).key!;

async function result(label: string) {
  const train = await putArtifact(home(), "dataset", (directory) => writeFileSync(path.join(directory, "rows"), label));
  return { outputs: { train, heldOut: train }, metrics: {} };
}

/** An attempt that a signal stops in the middle of its work, until it is continued. */
function stoppedAttempt(then: (context: StageContext) => Promise<void> = async () => {}) {
  let [arrived, resume] = [(): void => {}, (): void => {}];
  const stopped = new Promise<void>((resolve) => (arrived = resolve));
  const continued = new Promise<void>((resolve) => (resume = resolve));
  const worker = processWith(home(), async (_: never, context) => {
    arrived();
    await continued;
    await then(context);
    return result("earlier");
  });
  const ended = attempt(worker, request({ attempt: 1, reuse: false }));
  return { stopped, resume: () => resume(), ended };
}

const lost = { type: "PREEMPTED", message: expect.stringContaining("a later attempt at this stage has begun") };
const later = () =>
  attempt(
    processWith(home(), () => result("later")),
    request({ attempt: 2, reuse: false }),
  );

describe("an attempt that is continued after a later one has begun", () => {
  it("does not record its result", async () => {
    const earlier = stoppedAttempt();
    await earlier.stopped;
    const { outputs } = (await later()) as Awaited<ReturnType<typeof result>>;
    earlier.resume();
    await expect(earlier.ended).rejects.toMatchObject(lost);
    expect((await findResult(home(), await keyNow()))?.outputs).toEqual(outputs);
  });
  it("does not save a checkpoint", async () => {
    const earlier = stoppedAttempt((context) => context.checkpoints.save(7, () => undefined));
    await earlier.stopped;
    await later();
    earlier.resume();
    await expect(earlier.ended).rejects.toMatchObject(lost);
    expect(await checkpointSteps(home(), await keyNow())).toEqual([]);
  });
  it("does not change anything outside of the store", async () => {
    const outside = path.join(home(), "exported");
    const earlier = stoppedAttempt(async (context) => {
      await context.confirmLease();
      writeFileSync(outside, "by the earlier attempt");
    });
    await earlier.stopped;
    await later();
    earlier.resume();
    await expect(earlier.ended).rejects.toMatchObject(lost);
    expect(existsSync(outside)).toBe(false);
  });
  it("says so in the run's log", async () => {
    const earlier = stoppedAttempt();
    await earlier.stopped;
    await later();
    earlier.resume();
    await earlier.ended.catch(() => undefined);
    const logged: string[] = [];
    for await (const { message } of readLog(home(), "run")) logged.push(message);
    expect(logged.at(-1)).toMatch(/^failed: PREEMPTED: a later attempt/);
  });
});

it("an attempt at another stage, or of another run, takes nothing away", async () => {
  const earlier = stoppedAttempt();
  await earlier.stopped;
  await attempt(
    processWith(home(), () => result("other stage")),
    request({ stage: "b", reuse: false }),
  );
  await attempt(
    processWith(home(), () => result("other run")),
    request({ runId: "other", reuse: false }),
  );
  earlier.resume();
  expect(await earlier.ended).toMatchObject({ metrics: {} });
});

it("an attempt whose lease was removed may not publish", async () => {
  const earlier = stoppedAttempt();
  await earlier.stopped;
  rmSync(layout.lease(home(), "run", "a"));
  earlier.resume();
  await expect(earlier.ended).rejects.toMatchObject(lost);
});

it.each([-86_400_000, 86_400_000])(
  "the system's clock, set by %i ms meanwhile, changes neither result nor duration",
  async (set) => {
    const worker = processWith(home(), () => {
      const now = Date.now();
      jest.spyOn(Date, "now").mockImplementation(() => now + set);
      return result("any");
    });
    const asked = request({ runId: `set ${set}`, reuse: false });
    const outcome = await attempt(worker, asked, undefined, { activity: { heartbeat: async () => {} } });
    jest.restoreAllMocks();
    expect(await findResult(home(), await keyNow())).toMatchObject({ outputs: (await result("any")).outputs });
    const { workMs } = outcome as { workMs: number };
    expect(workMs >= 0 && workMs < 43_200_000).toBe(true);
  },
);

describe("after a silence for which the server may have given the attempt up", () => {
  let runs = 0;
  const named = (name: string) => Object.assign(new Error(name), { name });
  /**
   * The attempt's process sleeps for so long before its result; `answer` is what the server says to
   * a heartbeat.
   */
  async function slept(ms: number, answer: () => Promise<void>): Promise<{ asked: number; outcome: unknown }> {
    const heartbeat = jest.fn(answer);
    const worker = processWith(home(), () => {
      const now = Date.now();
      jest.spyOn(Date, "now").mockImplementation(() => now + ms);
      return result("late");
    });
    const outcome = await attempt(worker, request({ runId: `run ${runs++}`, reuse: false }), undefined, {
      activity: { heartbeat },
    }).then(
      () => "recorded",
      (error: { message: string }) => error.message,
    );
    jest.restoreAllMocks();
    return { asked: heartbeat.mock.calls.length, outcome };
  }

  it("the server is asked, and where it knows the attempt no longer nothing is recorded", async () => {
    const { outcome } = await slept(600_000, () => Promise.reject(named("ActivityNotFoundError")));
    expect(outcome).toMatch(/the server has given up this attempt/);
    expect(await findResult(home(), await keyNow())).toBeUndefined();
  });
  it("the result is recorded where the server knows it, waits until it has stopped, or cannot be asked", async () => {
    expect(await slept(600_000, async () => {})).toEqual({ asked: 1, outcome: "recorded" });
    for (const name of ["ServiceError", "ActivityCancelledError"])
      expect(await slept(600_000, () => Promise.reject(named(name)))).toEqual({ asked: 1, outcome: "recorded" });
  });
  it("it is not asked after a short one", async () => {
    expect(await slept(5000, async () => {})).toEqual({ asked: 0, outcome: "recorded" });
  });
});
