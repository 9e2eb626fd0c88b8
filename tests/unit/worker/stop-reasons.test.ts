import { cancelText } from "../../../worker/attempts/stop-reasons.js";

const details = { cancelRequested: true, notFound: false, paused: false, reset: false, workerShutdown: false };

test("only a brief attempt is said to have exceeded its minute: another one outlives its own timer", () => {
  const timedOut = { ...details, timedOut: true };
  expect(cancelText(timedOut, true)).toMatch(/within the minute that a brief stage has$/);
  expect(cancelText(timedOut, false)).toMatch(/^canceled: the run was canceled/);
});
