/**
 * `npm run bench -- tradeoff`: the benefit of attending to more tokens, with windows of several
 * sizes and with selected blocks: the loss on held-out text (support/loss-curve.ts) and the needles
 * found (support/needle-curve.ts). A table, and a chart of each in bench/results/. No peer: the
 * dense model is the reference.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { packageRoot } from "../platform/program/locations.js";
import { report, row, type Row } from "./harness.js";
import { lineChart, type Line } from "./support/line-chart.js";
import { lossCurve } from "./support/loss-curve.js";
import { needleCurve } from "./support/needle-curve.js";

const x = "tokens that a token attends to";

function draw(name: string, title: string, y: string, lines: Line[]): void {
  const file = path.join(packageRoot(), "bench", "results", `tradeoff-${name}.svg`);
  writeFileSync(file, lineChart({ title, x, y, lines }));
}

function rowsOf(lines: Line[], what: string, bounds: Pick<Row, "unit" | "better" | "atLeast" | "aim">): Row[] {
  const dense = lines.find(({ name }) => name === "dense")!.points[0]!.y;
  return lines.flatMap(({ name, points }) =>
    points.map(({ y, label }) =>
      row({ ...bounds, what: `${what}: ${name}, ${label}`, ours: y, peer: dense, bounds: "ratio" }),
    ),
  );
}

const loss = await lossCurve();
draw("loss", "Held-out text after 512 tokens of context", "bits a byte", loss);
const needles = needleCurve();
draw("needles", "Found in 2,048 tokens, trained at 256", "share found", needles);
report("tradeoff", [
  ...rowsOf(loss, "loss on held-out text", { unit: "bits a byte", better: "lower", atLeast: 1.1, aim: 1 }),
  ...rowsOf(needles, "needles found", { unit: "of 1", better: "higher", atLeast: null, aim: 0.98 }),
]);
