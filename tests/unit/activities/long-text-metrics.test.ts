import { longTextMetrics } from "../../../activities/evaluate/long-text-metrics.js";

const range = (from: number, to: number, bitsPerByte: number, bytes: number) => ({ from, to, bitsPerByte, bytes });
const metricsOf = (...ranges: ReturnType<typeof range>[]) =>
  longTextMetrics({ byPosition: { ranges, windows: 1, contextLength: ranges.at(-1)!.to } });

test("halves are means over bytes", () => {
  const metrics = metricsOf(range(0, 8, 4, 10), range(8, 16, 1, 20), range(16, 32, 2, 30));
  expect(metrics).toEqual({ earlyBitsPerByte: 2, lateBitsPerByte: 2 });
});

test("a half without a byte has no bits per byte", () => {
  expect(metricsOf(range(0, 1, 3, 4))).toEqual({ lateBitsPerByte: 3 });
});
