import { CancelledFailure, CompleteAsyncError, type Context } from "@temporalio/activity";
import type { StageOutcome } from "../../../schemas/run.js";
import { ServerLink } from "../../../worker/attempts/server-link.js";
import type { Progress } from "../../../schemas/stage-result.js";

const heartbeatTimeoutMs = 30_000;
const outcome: StageOutcome = { outputs: {}, metrics: { rows: 1 } };
const progress: Progress = { phase: "train", done: 7, total: 9, unit: "steps", metrics: {} };
const named = (name: string): Error => Object.assign(new Error(name), { name });

/**
 * An attempt's link; the server does as told, and `bySdk` are the heartbeats that the SDK was
 * given.
 */
function linked(answer: () => Promise<void> = async () => undefined) {
  const bySdk: unknown[] = [];
  const stops: Error[] = [];
  const activity = {
    heartbeat: jest.fn(async (_token: Uint8Array, _details: unknown) => answer()),
    complete: jest.fn(async (_token: Uint8Array, _value: unknown) => answer()),
    fail: jest.fn(async (_token: Uint8Array, _error: Error) => answer()),
    reportCancellation: jest.fn(async (_token: Uint8Array) => answer()),
  };
  const context = {
    info: { isLocal: false, base64TaskToken: "dG9rZW4=", heartbeatTimeoutMs },
    heartbeat: (details: unknown) => void bySdk.push(details),
    client: { activity },
  };
  const link = new ServerLink(context as unknown as Context, (reason) => stops.push(reason));
  return { link, activity, bySdk, stops };
}

const token = new Uint8Array(Buffer.from("token"));
/** Lets what was sent arrive. */
const arrived = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => jest.restoreAllMocks());

test("as long as the event loop turns, the SDK sends everything", async () => {
  const { link, activity, bySdk } = linked();
  link.heartbeat(progress);
  expect(await link.deliver(Promise.resolve(outcome))).toBe(outcome);
  await expect(link.deliver(Promise.reject(named("Failed")))).rejects.toThrow("Failed");
  expect(bySdk).toEqual([progress]);
  expect(activity.heartbeat).not.toHaveBeenCalled();
  expect(activity.complete).not.toHaveBeenCalled();
});

describe("once the SDK's own timer may have run out", () => {
  const after = {
    "the SDK says so": ({ link }: ReturnType<typeof linked>) => link.takeOver(),
    "the event loop stood still for that long": () => {
      const now = performance.now();
      jest.spyOn(performance, "now").mockReturnValue(now + heartbeatTimeoutMs);
    },
  };
  it.each(Object.entries(after))("(%s) the outcome goes to the server by the task token", async (_, silence) => {
    const setting = linked();
    silence(setting);
    await expect(setting.link.deliver(Promise.resolve(outcome))).rejects.toBeInstanceOf(CompleteAsyncError);
    expect(setting.activity.complete.mock.calls).toEqual([[token, outcome]]);
  });
  it.each(Object.entries(after))(
    "(%s) heartbeats go to the server, which the SDK would not ask",
    async (_, silence) => {
      const setting = linked();
      silence(setting);
      setting.link.heartbeat(progress);
      setting.link.heartbeat(progress);
      await arrived();
      expect(setting.activity.heartbeat.mock.calls).toEqual([[token, progress]]);
      expect(setting.bySdk).toEqual([]);
      expect(setting.stops).toEqual([]);
    },
  );
  it("failures and cancellations go there, too", async () => {
    const { link, activity } = linked();
    link.takeOver();
    const failure = named("Failed");
    await expect(link.deliver(Promise.reject(failure))).rejects.toBeInstanceOf(CompleteAsyncError);
    expect(activity.fail.mock.calls).toEqual([[token, failure]]);
    await expect(link.deliver(Promise.reject(new CancelledFailure("CANCELLED")))).rejects.toBeInstanceOf(
      CompleteAsyncError,
    );
    expect(activity.reportCancellation.mock.calls).toEqual([[token]]);
  });
  it("the outcome is sent again while the server is unavailable, and not where it has given the attempt up", async () => {
    let tries = 0;
    const away = linked(() => (++tries < 3 ? Promise.reject(named("ActivityCompletionError")) : Promise.resolve()));
    away.link.takeOver();
    await expect(away.link.deliver(Promise.resolve(outcome))).rejects.toBeInstanceOf(CompleteAsyncError);
    expect(away.activity.complete).toHaveBeenCalledTimes(3);
    const gone = linked(() => Promise.reject(named("ActivityNotFoundError")));
    gone.link.takeOver();
    await expect(gone.link.deliver(Promise.resolve(outcome))).rejects.toBeInstanceOf(CompleteAsyncError);
    expect(gone.activity.complete).toHaveBeenCalledTimes(1);
  });
  it.each([
    ["ActivityCancelledError", [new CancelledFailure("CANCELLED")]],
    ["ActivityNotFoundError", [expect.objectContaining({ code: "PREEMPTED", message: expect.stringMatching(/30 s/) })]],
    ["ActivityPausedError", [expect.objectContaining({ code: "PREEMPTED" })]],
    ["ActivityResetError", [expect.objectContaining({ code: "PREEMPTED" })]],
    ["ActivityCompletionError", []],
  ])("the attempt stops where the server answers %s, and says why", async (name, stopped) => {
    const { link, stops } = linked(() => Promise.reject(named(name)));
    link.takeOver();
    link.heartbeat(progress);
    await arrived();
    expect(stops).toEqual(stopped);
  });
});
