/** Round numbers in an interval, their distance 1, 2 or 5 times a power of ten; between `wanted` / 2 and 2 × `wanted`. */
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
