import { keepAlive } from "../../../activities/keep-alive.js";
import { testContext } from "./stage-context.js";

test("silent work repeats its last word, and is quiet once it has ended", async () => {
  jest.useFakeTimers();
  const context = testContext();
  const said = { phase: "read", done: 3, total: 9, unit: "rows", metrics: {} };
  const result = await keepAlive(context, async (awake) => {
    awake.progress(said);
    jest.advanceTimersByTime(11_000);
    return "done";
  });
  jest.advanceTimersByTime(60_000);
  jest.useRealTimers();
  expect(result).toBe("done");
  expect(context.reported).toEqual([said, said, said]);
  context.remove();
});
