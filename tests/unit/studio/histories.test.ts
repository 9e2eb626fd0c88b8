import { openMetrics } from "../../../store/history/metrics.js";
import { Column, Histories } from "../../../studio/server/histories.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const key = "a".repeat(64);
const all = (column: Column): [number, number][] => column.piece(-Infinity, Infinity, 1000).points;

test("for each step, the last value counts, in whatever order they come", () => {
  const column = new Column();
  for (const [step, value] of [
    [1, 10],
    [2, 20],
    [5, 50],
    [2, 21],
    [3, 30],
    [0, 0],
    [5, 51],
  ] as const)
    column.set(step, value);
  expect(all(column)).toEqual([
    [0, 0],
    [1, 10],
    [2, 21],
    [3, 30],
    [5, 51],
  ]);
  expect(column.range).toEqual([0, 5]);
});

test("a column grows, and a piece keeps at most two points a bucket, with one beyond each end", () => {
  const column = new Column();
  for (let step = 1; step <= 50_000; step++) column.set(step, Math.sin(step));
  const { points } = column.piece(20_000, 30_000, 100);
  expect(points.length).toBeLessThanOrEqual(202);
  expect([points[0]![0], points.at(-1)![0]]).toEqual([19_999, 30_001]);
  expect(column.piece(60_000, 70_000, 10).points).toEqual([[50_000, Math.sin(50_000)]]);
});

test("a history that grows is read on from where it was, and one that was begun again from its beginning", async () => {
  const histories = new Histories(home());
  expect((await histories.read(key)).columns.size).toBe(0);
  const history = openMetrics(home(), key);
  history.record(1, { loss: 4 });
  await history.flush();
  expect(all((await histories.read(key)).columns.get("loss")!)).toEqual([[1, 4]]);
  history.record(2, { loss: 3, kl: 1 });
  history.record(1, { loss: 5 });
  await history.flush();
  const { columns, times } = await histories.read(key);
  expect(all(columns.get("loss")!)).toEqual([
    [1, 5],
    [2, 3],
  ]);
  expect(all(columns.get("kl")!)).toEqual([[2, 1]]);
  expect(times.map(([step]) => step)).toEqual([1]);
  await history.finish();
  expect(all((await histories.read(key)).columns.get("loss")!)).toEqual([
    [1, 5],
    [2, 3],
  ]);
});
