/**
 * `npm run bench -- validate`: `pawl validate` on a file of 100 stages, the whole process from
 * start to exit.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { packageRoot } from "../platform/program/locations.js";
import { interleaved, report, row } from "./harness.js";

const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
const file = path.join(directory, "hundred.yaml");

/**
 * One hundred stages in a chain of training and evaluation, each with settings, expressions and
 * needs.
 */
function definition(): string {
  const stages = [
    "  text:\n    uses: dataset\n    with: { source: { text: some text }, unit: paragraph, heldOut: 0.1 }",
    "  tokens:\n    uses: tokenize\n    with: { train: ['${{ stages.text.outputs.train }}'], vocabularySize: 512 }",
    "  model-0:\n    uses: pretrain\n    with: { tokens: '${{ stages.tokens.outputs.tokens }}', steps: '${{ inputs.steps }}' }",
    ...Array.from(
      { length: 97 },
      (_, i) =>
        `  model-${i + 1}:\n    uses: sft\n    needs: [text]\n    retry: { maxAttempts: 5, interval: 10s }\n    checkpoint: { every: 5m, keep: 3 }\n` +
        `    with: { model: '\${{ stages.model-${i}.outputs.model }}', data: ['\${{ stages.text.outputs.train }}'], learningRate: 0.001 }`,
    ),
  ];
  return `name: hundred\ninputs:\n  steps: { type: integer, default: 10 }\nstages:\n${stages.join("\n")}\n`;
}

function run(args: string[]): number[] {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", cwd: directory });
  if (status !== 0) throw new Error(stderr);
  return [(performance.now() - start) / 1000];
}

writeFileSync(file, definition());
const main = path.join(packageRoot(), "dist", "cli", "main.js");
const { ours, node } = await interleaved(15, {
  ours: () => run([main, "validate", file]),
  node: () => run(["-e", "0"]),
});
rmSync(directory, { recursive: true });
process.stderr.write(`of this, Node's own start: ${node.toFixed(3)} s\n`);
report("validate", [
  row({
    what: "pawl validate, 100 stages, whole process",
    unit: "s",
    ours,
    bounds: "ours",
    better: "lower",
    atLeast: 0.6,
    aim: 0.3,
  }),
]);
