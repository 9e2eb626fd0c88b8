/**
 * `npm run bench -- rl`: GRPO from fresh weights, response tokens that one second samples, rewards and trains on: Pawl
 * against TRL's GRPOTrainer (bench/peers/trl_grpo.py), plain and with torch.compile. All three take turns; medians.
 */
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { packageRoot } from "../platform/locations.js";
import { interleaved, report, row } from "./harness.js";
import { trlPython, trlVersions } from "./peers/trl.js";
import { LineProcess } from "./support/line-process.js";
import { reinforcementRun as run } from "./support/rl-run.js";

const [rounds, iterationsEach, warmUp] = [7, 2, 2];

/** A process that does iterations on request. */
class Contestant {
  readonly #process: LineProcess;

  constructor(command: string, args: string[], folder: string) {
    this.#process = new LineProcess(command, args);
    this.#process.tell(JSON.stringify({ ...run, folder }));
  }

  /** Tokens a second of each of some iterations. Throws where responses ended early: the sides would do unlike work. */
  async iterate(count: number): Promise<number[]> {
    const answer = await this.#process.ask(`run ${count}`);
    const { seconds, tokens } = JSON.parse(answer) as { seconds: number[]; tokens: number[] };
    const most = run.groups * run.groupSize * run.response;
    const short = tokens.find((sum) => sum < 0.95 * most);
    if (short !== undefined) throw new Error(`an iteration of ${short} tokens, expected nearly ${most}`);
    return seconds.map((s, i) => tokens[i]! / s);
  }

  close(): void {
    this.#process.close();
  }
}

const python = trlPython();
const folder = mkdtempSync(path.join(os.tmpdir(), "pawl-rl-"));
const peer = (python: string, mode: string) => {
  const script = path.join(packageRoot(), "bench", "peers", "trl_grpo.py");
  return new Contestant(python, ["-W", "ignore", script, mode, String(os.availableParallelism())], folder);
};
const contestants: Record<string, Contestant> = {
  ours: new Contestant(process.execPath, [path.join(import.meta.dirname, "support", "rl-process.js")], folder),
  ...(python && { plain: peer(python, "eager"), compiled: peer(python, "compile") }),
};
for (const contestant of Object.values(contestants)) await contestant.iterate(warmUp);
const turns = Object.entries(contestants).map(([name, c]) => [name, () => c.iterate(iterationsEach)] as const);
const medians = await interleaved(rounds, Object.fromEntries(turns));
for (const contestant of Object.values(contestants)) contestant.close();
rmSync(folder, { recursive: true, force: true });

const { ours, plain, compiled } = medians as { ours: number; plain?: number; compiled?: number };
if (plain !== undefined && compiled !== undefined)
  process.stderr.write(`TRL: plain ${plain.toFixed(0)} tokens/s, compiled ${compiled.toFixed(0)}\n`);
report(
  "rl",
  [
    row({
      what: "GRPO, tokens trained on a second",
      unit: "tokens/s",
      ours,
      peer: plain === undefined || compiled === undefined ? undefined : Math.max(plain, compiled),
      bounds: "ratio",
      better: "higher",
      atLeast: 2,
      aim: 5,
    }),
  ],
  python ? trlVersions : {},
);
