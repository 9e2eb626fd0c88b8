import { unlessAborted } from "../../../platform/when-aborted.js";

const never = new Promise<string>(() => {});

test("work that comes to its end gives what it gives", async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(signal, Promise.resolve("done"))).toBe("done");
  await expect(unlessAborted(signal, Promise.reject(new Error("failed")))).rejects.toThrow("failed");
});

test("work without an end is left once the signal is aborted, or was before", async () => {
  const stop = new AbortController();
  const waiting = unlessAborted(stop.signal, never);
  stop.abort(new Error("stopped"));
  await expect(waiting).rejects.toThrow("stopped");
  await expect(unlessAborted(stop.signal, never)).rejects.toThrow("stopped");
});

test("work that fails after the signal is aborted is nobody's business any more", async () => {
  await expect(
    unlessAborted(AbortSignal.abort(new Error("stopped")), Promise.reject(new Error("late"))),
  ).rejects.toThrow("stopped");
});
