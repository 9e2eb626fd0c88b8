/**
 * pipelines/long-context.yaml with windows of several sizes, and with several numbers of selected
 * blocks of 4 tokens beside a window of 64: the model, trained at 256 tokens, has to find what is
 * hidden in 2,048.
 */
import type { Line } from "./line-chart.js";
import { runToEnd, withEmptyStore } from "./pawl.js";

const [window, blockSize, contextLength] = [64, 4, 2048];
const settings = [
  { localWindow: 64, selectedBlocks: 4 },
  { localWindow: 128, selectedBlocks: 8 },
  { localWindow: 256, selectedBlocks: 16 },
  { localWindow: 512, selectedBlocks: 32 },
  { localWindow: 1024, selectedBlocks: 64 },
];

/**
 * Share of the needles found in texts of 2,048 tokens against the tokens that a token attends to.
 */
export function needleCurve(): Line[] {
  return withEmptyStore((run) => {
    const [local, sparse]: [Line["points"], Line["points"]] = [[], []];
    let dense = 0;
    for (const { localWindow, selectedBlocks } of settings) {
      const inputs = Object.entries({ window, localWindow, selectedBlocks, contextLength });
      const given = inputs.flatMap(([name, value]) => ["--input", `${name}=${value}`]);
      const { outputs } = runToEnd<Record<"denseFinds" | "localFinds" | "sparseFinds", number>>(
        run,
        "long-context",
        "--seed",
        "1",
        ...given,
      );
      dense = outputs.denseFinds;
      local.push({ x: localWindow, y: outputs.localFinds, label: String(localWindow) });
      const seen = window + selectedBlocks * blockSize;
      sparse.push({ x: seen, y: outputs.sparseFinds, label: `${window} + ${selectedBlocks}·${blockSize}` });
      process.stderr.write(
        `window ${localWindow}: ${outputs.localFinds}; ${selectedBlocks} blocks: ${outputs.sparseFinds}\n`,
      );
    }
    return [
      { name: "local", points: local },
      { name: "sparse", points: sparse },
      { name: "dense", points: [{ x: contextLength, y: dense, label: "all" }] },
    ];
  });
}
