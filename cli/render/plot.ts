import { greatest, least } from "../../platform/extremes.js";
import type { Point } from "../../report/run/downsample.js";
import { shortNumber } from "../../report/values.js";

/** Rows of a plot. */
const height = 8;
/**
 * Dots of a cell in Unicode's braille patterns, [rows][columns]: U+2800 plus the sum of the dots'
 * bits.
 */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Dots across, for a plot in a terminal with this number of columns. */
export const plotDots = (columns: number): number => 2 * plotWidth(columns);

const labelWidth = 10;
const plotWidth = (columns: number): number => Math.max(10, Math.min(72, columns - labelWidth - 2));

/**
 * A curve in braille dots, each point joined with the next: the largest and the least value at the
 * left, the first and the last step below. No lines for fewer than two points.
 */
export function plot(points: readonly Point[], columns: number): string[] {
  if (points.length < 2) return [];
  const [width, last] = [plotWidth(columns), points.at(-1)![0]];
  const values = points.map(([, value]) => value);
  const [low, high] = [least(values), greatest(values)];
  const cells = Array.from({ length: height }, () => new Uint8Array(width));
  const toPixel = ([step, value]: Point): [x: number, y: number] => [
    Math.round(((step - points[0]![0]) / (last - points[0]![0])) * (2 * width - 1)),
    high === low ? 2 * height : Math.round(((high - value) / (high - low)) * (4 * height - 1)),
  ];
  points.slice(1).forEach((point, i) => join(cells, toPixel(points[i]!), toPixel(point)));
  const rows = cells.map((row, i) => {
    const label = i === 0 ? shortNumber(high) : i === height - 1 ? shortNumber(low) : "";
    return `${label.padStart(labelWidth)} ┤${Array.from(row, (bits) => String.fromCodePoint(0x2800 + bits)).join("")}`;
  });
  const [from, to] = [shortNumber(points[0]![0]), shortNumber(last)];
  return [...rows, `${" ".repeat(labelWidth + 2)}${from}${to.padStart(width - from.length)}`];
}

/** Sets the dots of a straight line. */
function join(cells: readonly Uint8Array[], [x1, y1]: [number, number], [x2, y2]: [number, number]): void {
  const steps = Math.max(Math.abs(x2 - x1), Math.abs(y2 - y1), 1);
  for (let i = 0; i <= steps; i++) {
    const [x, y] = [Math.round(x1 + ((x2 - x1) * i) / steps), Math.round(y1 + ((y2 - y1) * i) / steps)];
    cells[y >> 2]![x >> 1]! |= dots[y & 3]![x & 1]!;
  }
}
