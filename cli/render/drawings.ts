/** A bar that is filled from the left: `▓▓▓▓░░░░░░`. @param share 0 to 1 */
export function bar(share: number, cells = 10): string {
  const filled = Math.floor(Math.min(1, Math.max(0, share)) * cells);
  return "▓".repeat(filled) + "░".repeat(cells - filled);
}

const heights = "▁▂▃▄▅▆▇█";

/**
 * A curve in one line: `█▆▅▃▃▂▁`, from its lowest value to its highest; empty without two values.
 * Each cell is a mean.
 */
export function sparkline(values: readonly number[], cells = 7): string {
  if (values.length < 2) return "";
  const count = Math.min(cells, values.length);
  const means = Array.from({ length: count }, (_, cell) => {
    const part = values.slice(
      Math.floor((cell * values.length) / count),
      Math.floor(((cell + 1) * values.length) / count),
    );
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const [lowest, highest] = [Math.min(...means), Math.max(...means)];
  const barHeight = (value: number): number =>
    highest === lowest ? 3 : Math.round(((value - lowest) / (highest - lowest)) * (heights.length - 1));
  return means.map((value) => heights[barHeight(value)]).join("");
}
