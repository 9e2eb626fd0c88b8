/** A table of shares, to be drawn. */
export interface HeatMap {
  title: string;
  columns: { title: string; names: readonly string[] };
  rows: { title: string; names: readonly string[] };
  /** 0 … 1, [rows][columns]. */
  shares: readonly (readonly number[])[];
}

const cell = { width: 64, height: 32 };
const margin = { left: 80, top: 48, right: 16, bottom: 40 };

/** An SVG with a colored cell for each share, and the share in it: red none, green all. */
export function heatMap({ title, columns, rows, shares }: HeatMap): string {
  const width = margin.left + columns.names.length * cell.width + margin.right;
  const height = margin.top + rows.names.length * cell.height + margin.bottom;
  const x = (column: number): number => margin.left + column * cell.width;
  const y = (row: number): number => margin.top + row * cell.height;
  const middle = (index: number, size: number): number => index + size / 2;
  const text = (at: [number, number], words: string, anchor = "middle"): string =>
    `<text x="${at[0]}" y="${at[1]}" text-anchor="${anchor}" dominant-baseline="middle">${escaped(words)}</text>`;
  const cells = shares.flatMap((row, r) =>
    row.map(
      (share, c) =>
        `<rect x="${x(c)}" y="${y(r)}" width="${cell.width}" height="${cell.height}" fill="${color(share)}"/>` +
        text([middle(x(c), cell.width), middle(y(r), cell.height)], `${Math.round(share * 100)}`),
    ),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="13">`,
    text([width / 2, 18], `${title} (%)`),
    ...columns.names.map((name, c) => text([middle(x(c), cell.width), margin.top - 10], name)),
    ...rows.names.map((name, r) => text([margin.left - 8, middle(y(r), cell.height)], name, "end")),
    text([middle(margin.left, width - margin.left - margin.right), height - 16], columns.title),
    text([12, margin.top - 10], rows.title, "start"),
    ...cells,
    "</svg>\n",
  ].join("\n");
}

function color(share: number): string {
  return `hsl(${Math.round(share * 120)} 60% 70%)`;
}

function escaped(words: string): string {
  return words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
