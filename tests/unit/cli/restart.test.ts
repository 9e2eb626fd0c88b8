import { PawlError } from "../../../platform/errors.js";
import { Restarts } from "../../../cli/embedded/restart.js";

/** Lets what is under way settle. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

afterEach(() => jest.restoreAllMocks());

test("a server that has died is started once, however often it is looked for meanwhile", async () => {
  let started = (): void => undefined;
  const start = jest.fn(() => new Promise<void>((resolve) => (started = resolve)));
  const restarts = new Restarts("home", start);
  const notes = [restarts.tryNow(), restarts.tryNow()];
  expect(new Set(notes)).toEqual(new Set(["the embedded server has died: starting it again"]));
  expect(start).toHaveBeenCalledTimes(1);
  started();
  await settled();
  // It has died again.
  restarts.tryNow();
  expect(start).toHaveBeenCalledTimes(2);
});

test("why it does not start is shown, and it is tried again after a while", async () => {
  const start = jest.fn(() => Promise.reject(new PawlError("PORT_TAKEN", "the port is taken")));
  const restarts = new Restarts("home", start);
  restarts.tryNow();
  await settled();
  expect(restarts.tryNow()).toBe("the embedded server has died, and does not start again: the port is taken");
  expect(start).toHaveBeenCalledTimes(1);
  const later = performance.now() + 10_000;
  jest.spyOn(performance, "now").mockReturnValue(later);
  restarts.tryNow();
  expect(start).toHaveBeenCalledTimes(2);
});
