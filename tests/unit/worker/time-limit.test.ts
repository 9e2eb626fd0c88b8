import { after, timeLimit } from "../../../worker/attempts/time-limit.js";

test.each([
  ["a day", 86_400_000, 86_360_000, 86_390_000],
  ["four minutes", 240_000, 200_000, 230_000],
  ["12 seconds", 12_000, 10_000, 11_500],
])(
  "an attempt with a timeout of %s is stopped early enough to save a checkpoint",
  (_what, timeoutMs, stopMs, killMs) => {
    expect(timeLimit(timeoutMs)).toEqual({ stopMs, killMs });
  },
);

test.each([1000, 2 ** 31, 5 * 2 ** 31])("a time of %d ms passes completely", (ms) => {
  jest.useFakeTimers();
  try {
    const act = jest.fn();
    after(ms, act);
    jest.advanceTimersByTime(ms - 1);
    expect(act).not.toHaveBeenCalled();
    jest.advanceTimersByTime(1);
    expect(act).toHaveBeenCalledTimes(1);
    after(ms, act)();
    expect(jest.getTimerCount()).toBe(0);
  } finally {
    jest.useRealTimers();
  }
});
