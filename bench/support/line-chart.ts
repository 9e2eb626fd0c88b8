/** Lines through points, x on a logarithmic axis of base 2. */
export interface LineChart {
  title: string;
  x: string;
  y: string;
  lines: readonly { name: string; points: readonly { x: number; y: number; label: string }[] }[];
}

const size = { width: 640, height: 400 };
const margin = { left: 64, right: 96, top: 40, bottom: 48 };
const colours = ["#1f77b4", "#d62728", "#2ca02c", "#9467bd"];

/** The chart as SVG. */
export function lineChart({ title, x, y, lines }: LineChart): string {
  const points = lines.flatMap((line) => line.points);
  const scale = (values: number[], from: number, to: number) => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return (value: number): number => Math.round((from + ((value - low) / (high - low || 1)) * (to - from)) * 10) / 10;
  };
  const across = scale(
    points.map((p) => Math.log2(p.x)),
    margin.left,
    size.width - margin.right,
  );
  const up = scale(
    points.map((p) => p.y),
    size.height - margin.bottom,
    margin.top + 16,
  );
  const text = (at: [number, number], words: string, anchor = "middle"): string =>
    `<text x="${at[0]}" y="${at[1]}" text-anchor="${anchor}">${words}</text>`;
  const drawn = lines.flatMap((line, l) => {
    const colour = colours[l % colours.length]!;
    const places = line.points.map((p) => [across(Math.log2(p.x)), up(p.y)] as [number, number]);
    const last = places.at(-1)!;
    return [
      `<polyline points="${places.map((at) => at.join()).join(" ")}" fill="none" stroke="${colour}" stroke-width="2"/>`,
      ...places.map(
        (at, p) =>
          `<circle cx="${at[0]}" cy="${at[1]}" r="4" fill="${colour}"/>` +
          text([at[0], at[1] - 8], line.points[p]!.label),
      ),
      text([last[0] + 10, last[1] + 4], line.name, "start"),
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" font-family="sans-serif" font-size="12">`,
    text([size.width / 2, 20], title),
    text([size.width / 2, size.height - 12], x),
    text([margin.left, margin.top], y),
    ...drawn,
    "</svg>\n",
  ].join("\n");
}
