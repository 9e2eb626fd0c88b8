import { RestartDelay } from "../../../worker/supervision/restart-delay.js";

const waits = (...ends: { worked: number | undefined; inOrder?: boolean }[]): number[] => {
  const delay = new RestartDelay();
  return ends.map(({ worked, inOrder = false }) => delay.next({ worked, inOrder }));
};
const times = <T>(count: number, end: T): T[] => Array.from({ length: count }, () => end);

test("a process that was lost once restarts immediately; one that dies again and again restarts after growing waits", () => {
  expect(waits(...times(10, { worked: 5 }))).toEqual([0, 250, 500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
});

test("whoever kills on purpose does not wait", () => {
  const delay = new RestartDelay(0);
  expect(times(5, { worked: 5, inOrder: false }).map((end) => delay.next(end))).toEqual([0, 0, 0, 0, 0]);
});

test("one that never takes tasks is waited for from the first time", () => {
  expect(waits(...times(3, { worked: undefined }))).toEqual([250, 500, 1000]);
});

test("one that worked for a while, or ends in good order, begins anew", () => {
  expect(waits({ worked: 5 }, { worked: 5 }, { worked: 60_000 }, { worked: 5 }, { worked: 5 })).toEqual([
    0, 250, 0, 0, 250,
  ]);
  expect(waits({ worked: 5 }, { worked: 5 }, { worked: 5, inOrder: true }, { worked: 5 })).toEqual([0, 250, 0, 0]);
});
