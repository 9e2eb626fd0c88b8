import { sendHeartbeats, turningMessage } from "../../../worker/supervision/worker-process.js";
import { reportFromThread, turningEveryMs } from "../../../worker/supervision/workflow-thread-pulse.js";

const { send, connected } = process;
afterEach(() => {
  jest.useRealTimers();
  Object.assign(process, { send, connected });
});

test("a process reports that it turns until its thread does; from then on only what the thread reports counts", async () => {
  let told: () => void = () => undefined;
  const messages: unknown[] = [];
  const next = () => new Promise<void>((resolve) => (told = resolve));
  Object.assign(process, { connected: true, send: (message: unknown) => (messages.push(message), told()) });
  jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick", "queueMicrotask"] });
  sendHeartbeats();
  jest.advanceTimersByTime(2 * turningEveryMs);
  expect(messages).toEqual([turningMessage, turningMessage]);

  const reported = next();
  reportFromThread();
  await reported;
  expect(messages).toHaveLength(3);
  // What is left is the thread's own timer: while the thread is stuck, nothing is reported.
  expect(jest.getTimerCount()).toBe(1);
});
