import { heatMap } from "../../../formats/heat-map.js";

test("a cell for each share, with the share in it", () => {
  const svg = heatMap({
    title: "Found <all>",
    columns: { title: "tokens", names: ["256", "512"] },
    rows: { title: "depth", names: ["0 %", "100 %"] },
    shares: [
      [1, 0.5],
      [0.25, 0],
    ],
  });
  expect(svg).toContain("Found &lt;all> (%)");
  expect(svg.match(/<rect /g)).toHaveLength(4);
  for (const [share, hue] of [
    [100, 120],
    [50, 60],
    [25, 30],
    [0, 0],
  ])
    expect(svg).toMatch(new RegExp(`hsl\\(${hue} 60% 70%\\)"/><text [^>]*>${share}</text>`));
});
