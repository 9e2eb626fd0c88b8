import { greatest, least } from "../../platform/extremes.js";
import { shortNumber } from "../values.js";

/** From values to pixels and back. */
export interface Axis {
  from: number;
  to: number;
  ticks: number[];
  of: (value: number) => number;
  valueAt: (pixel: number) => number;
}

/** An axis that fits some values. */
export function fitAxis(
  values: readonly number[],
  [start, end]: readonly [number, number],
  isLog = false,
  wantedTicks = 4,
): Axis {
  const [low, high] = values.length === 0 ? [0, 1] : [least(values), greatest(values)];
  // A constant is drawn in the middle.
  const room = low === high ? Math.abs(low) || 1 : 0;
  const [from, to] = isLog ? [low / (room ? 2 : 1), high * (room ? 2 : 1)] : [low - room, high + room];
  const [scaled, back] = isLog ? [Math.log10, (value: number) => 10 ** value] : [same, same];
  const [first, last] = [scaled(from), scaled(to)];
  return {
    from,
    to,
    ticks: isLog ? logTicks(from, to) : ticks(from, to, wantedTicks),
    of: (value) => start + ((scaled(value) - first) / (last - first)) * (end - start),
    valueAt: (pixel) => back(first + ((pixel - start) / (end - start)) * (last - first)),
  };
}

const same = (value: number): number => value;

/** Powers of ten, or round numbers where there are fewer than two of them. */
function logTicks(from: number, to: number): number[] {
  const powers: number[] = [];
  for (let power = Math.ceil(Math.log10(from)); power <= Math.log10(to); power++) powers.push(10 ** power);
  const every = Math.ceil(powers.length / 5);
  return powers.length < 2 ? ticks(from, to, 4) : powers.filter((_, i) => i % every === 0);
}

/**
 * Round numbers in an interval, their distance 1, 2 or 5 times a power of ten; between `wanted` / 2
 * and 2 × `wanted`.
 */
export function ticks(from: number, to: number, wanted: number): number[] {
  const rough = (to - from) / wanted;
  if (!(rough > 0) || !Number.isFinite(rough)) return [from];
  const power = 10 ** Math.floor(Math.log10(rough));
  const distance = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(from / distance);
  return Array.from({ length: Math.floor(to / distance) - first + 1 }, (_, i) =>
    Number(((first + i) * distance).toPrecision(12)),
  );
}

/** A number of an axis in few characters: `1.2k`, `0.003`, `5e-7`. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${Number((value / 1e9).toPrecision(3))}G`;
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  if (size > 0 && size < 1e-3) return Number(value.toPrecision(3)).toExponential();
  return shortNumber(Number(value.toPrecision(4)));
}
