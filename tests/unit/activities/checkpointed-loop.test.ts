import { testContext, type TestContext } from "../../support/stage-context.js";

let context: TestContext;
/** Steps that were saved. */
let saved: number[];
let done: number;

beforeEach(() => {
  context = testContext();
  saved = [];
  done = 0;
  context.checkpoints = {
    ...context.checkpoints,
    save: async (step, write) => {
      await write("");
      saved.push(step);
    },
  };
});
afterEach(() => context.remove());

const state = () => ({ step: done, write: () => undefined });
const stop = new Error("told to stop");

/** Runs `total` steps; `step` is what a step does. */
const loop = (total: number, step: () => unknown = () => undefined) =>
  context.checkpointEvery(state, async (betweenSteps) => {
    while (done < total) {
      await betweenSteps();
      await step();
      done++;
    }
    return "the loop's result";
  });

describe("a checkpointed loop", () => {
  afterEach(() => jest.useRealTimers());

  test("saves between steps when the interval has passed since the last checkpoint, and returns what it returns", async () => {
    jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask"] });
    context.checkpointEveryMs = 1000;
    const result = await loop(8, () => jest.advanceTimersByTime(400));
    // 1200 ms after the start, and 1200 ms after that.
    expect(saved).toEqual([3, 6]);
    expect(result).toBe("the loop's result");
  });

  test("does not save the state with which it began", async () => {
    context.checkpointEveryMs = 0;
    done = 5;
    await loop(7);
    expect(saved).toEqual([6]);
  });

  test.each([
    ["between steps", () => context.abort(stop), 3],
    ["within a step, which is done again", async () => (context.abort(stop), context.yield()), 2],
  ])("stopped %s, it saves immediately and throws the reason", async (_, stopped, step) => {
    await expect(loop(9, () => (done === 2 ? stopped() : undefined))).rejects.toBe(stop);
    expect(saved).toEqual([step]);
  });

  test("saves nothing when another error ends it, even while it is to stop", async () => {
    const diverged = new Error("diverged");
    const fail = () => {
      if (done < 2) return;
      context.abort(stop);
      throw diverged;
    };
    await expect(loop(9, fail)).rejects.toBe(diverged);
    expect(saved).toEqual([]);
  });

  test("fails when a checkpoint cannot be saved", async () => {
    context.checkpointEveryMs = 0;
    const full = new Error("disk full");
    context.checkpoints.save = () => Promise.reject(full);
    await expect(loop(3)).rejects.toBe(full);
  });
});

test("yield lets the process turn, and throws the reason when the stage must stop", async () => {
  const turned = jest.fn();
  setImmediate(turned);
  await context.yield();
  expect(turned).toHaveBeenCalledTimes(1);
  context.abort(stop);
  await expect(context.yield()).rejects.toBe(stop);
});
