import { addWindow, fullWindows, positionRanges } from "../../../lm/data/positions.js";

test("ranges double and cover the context", () => {
  const edges = (context: number) => positionRanges(context).map(({ from, to }) => [from, to]);
  expect(edges(128)).toEqual([
    [0, 16],
    [16, 32],
    [32, 64],
    [64, 128],
  ]);
  // Short ones are cut in half too.
  expect(edges(16)).toEqual([
    [0, 8],
    [8, 16],
  ]);
  expect(edges(3)).toEqual([
    [0, 1],
    [1, 3],
  ]);
  expect(edges(1)).toEqual([[0, 1]]);
  expect(edges(100)).toEqual([
    [0, 12],
    [12, 25],
    [25, 50],
    [50, 100],
  ]);
});

test("windows follow each other and are full; every token but the rest is predicted once", () => {
  const document = [1, 2, 3, 4, 5, 6, 7, 8];
  const windows = fullWindows(document, 0, 4);
  expect(windows.map(({ tokens }) => tokens)).toEqual([
    [0, 1, 2, 3, 4],
    [4, 5, 6, 7, 8],
  ]);
  expect(fullWindows([1, 2], 0, 4)).toEqual([]);
  expect(fullWindows([1, 2, 3], 0, 4)).toHaveLength(1);
});

test("losses and bytes are added in the range of their position", () => {
  const ranges = positionRanges(32);
  const nats = Array.from({ length: 32 }, (_, i) => (i < 16 ? 1 : 3));
  const targets = Array.from({ length: 32 }, (_, i) => i % 2);
  for (let i = 0; i < 2; i++) addWindow(ranges, nats, targets, [1, 4]);
  expect(ranges).toEqual([
    { from: 0, to: 16, nats: 32, bytes: 80 },
    { from: 16, to: 32, nats: 96, bytes: 80 },
  ]);
});
