import { LossWatch } from "../../../activities/training/loss-watch.js";
import { RandomStream } from "../../../platform/random.js";

const diverged = expect.objectContaining({ code: "DIVERGED" });

/** Losses of a training: from `start` toward `end`, with unlike batches. */
function losses(steps: number, start: number, end: number, spread = 0): number[] {
  const noise = new RandomStream(1, "noise").normals(steps);
  return Array.from(
    { length: steps },
    (_, i) => start + (end - start) * Math.min(1, i / (steps / 2)) + spread * noise[i]!,
  );
}

function watch(all: readonly number[], uniformLoss?: number): LossWatch {
  const watch = new LossWatch(uniformLoss);
  for (const loss of all) watch.add(loss);
  return watch;
}

test.each([
  ["that falls", losses(200, 7.6, 3)],
  ["that stays, with unlike batches", losses(200, 2, 2, 0.4)],
  ["of a model that knows the data by heart", losses(200, 0.01, 0.06, 0.01)],
  ["that rises by less than unlike batches differ", losses(200, 2, 2.2, 0.3)],
  ["with one wild update", losses(200, 7.6, 3).map((loss, i) => (i === 100 ? 300 : loss))],
  ["that rises at first, and then falls", [5.7, 300, 120, 60, 40, ...losses(100, 12, 3, 0.2)]],
  ["of few updates", losses(10, 2, 3)],
  ["of one update", [9]],
  ["of none", []],
])("a training %s is a success", (_, all) => {
  expect(() => watch(all, Math.log(2048)).finish()).not.toThrow();
});

test.each([
  ["that rises above its start", losses(200, 7.6, 9, 0.05)],
  ["that falls, then rises above its start", [...losses(100, 7.6, 4), ...losses(100, 4, 12)]],
  ["that rises with its second update", [5.7, 300, 120, 60, 40, ...losses(100, 16, 14, 1)]],
  ["whose start is absurd already", losses(15, 322, 322)],
  ["that ends far above what knowing nothing gives", losses(15, 7, 40)],
])("a training %s has diverged", (_, all) => {
  expect(() => watch(all, Math.log(2048)).finish()).toThrow(diverged);
});

test("an absurd loss ends the training immediately, and the error says where", () => {
  const all = [...losses(50, 7.6, 5), ...losses(50, 322, 322)];
  const seen: number[] = [];
  const watch = new LossWatch(undefined);
  expect(() => {
    for (const loss of all) {
      seen.push(loss);
      watch.add(loss);
    }
  }).toThrow(diverged);
  expect(seen.length).toBeGreaterThan(51);
  expect(seen.length).toBeLessThan(60);
});

test("resumed anywhere it comes to the same end; a checkpoint without values starts anew", () => {
  const all = losses(60, 7.6, 9, 0.05);
  for (let cut = 0; cut <= all.length; cut += 7) {
    const before = watch(all.slice(0, cut));
    const after = new LossWatch(undefined);
    after.restore(JSON.parse(JSON.stringify(before.values)) as Record<string, number>);
    for (const loss of all.slice(cut)) after.add(loss);
    expect(after.values).toEqual(watch(all).values);
    expect(() => after.finish()).toThrow(diverged);
  }
  const older = new LossWatch(undefined);
  older.restore({ tokens: 1, lossSum: 2 });
  expect(older.values["watchedUpdates"]).toBe(0);
});
