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
import { reinforcementRun, unequalRun, type ReinforcementRun } from "./support/rl-run.js";

const [rounds, iterationsEach, warmUp] = [7, 2, 2];

/** A process that does iterations on request. */
class Contestant {
  readonly #process: LineProcess;

  constructor(
    command: string,
    args: string[],
    private readonly run: ReinforcementRun,
    directory: string,
  ) {
    this.#process = new LineProcess(command, args);
    this.#process.tell(JSON.stringify({ ...run, directory }));
  }

  /**
   * Tokens a second of each of some iterations. Throws where responses ended early that should not: the sides would do unlike
   * work.
   */
  async iterate(count: number): Promise<number[]> {
    const answer = await this.#process.ask(`run ${count}`);
    const { seconds, tokens } = JSON.parse(answer) as { seconds: number[]; tokens: number[] };
    const { groups, groupSize, response, stops } = this.run;
    const most = groups * groupSize * response;
    const short = stops === undefined && tokens.find((sum) => sum < 0.95 * most);
    if (short) throw new Error(`an iteration of ${short} tokens, expected nearly ${most}`);
    return seconds.map((s, i) => tokens[i]! / s);
  }

  close(): void {
    this.#process.close();
  }
}

const python = trlPython();
const directory = mkdtempSync(path.join(os.tmpdir(), "pawl-rl-"));
const peer = (python: string, mode: string) => {
  const script = path.join(packageRoot(), "bench", "peers", "trl_grpo.py");
  const args = ["-W", "ignore", script, mode, String(os.availableParallelism())];
  return new Contestant(python, args, reinforcementRun, directory);
};
const ours = (run: ReinforcementRun) =>
  new Contestant(process.execPath, [path.join(import.meta.dirname, "support", "rl-process.js")], run, directory);
const contestants: Record<string, Contestant> = {
  ours: ours(reinforcementRun),
  unequal: ours(unequalRun),
  ...(python && { plain: peer(python, "eager"), compiled: peer(python, "compile") }),
};
for (const contestant of Object.values(contestants)) await contestant.iterate(warmUp);
const turns = Object.entries(contestants).map(([name, c]) => [name, () => c.iterate(iterationsEach)] as const);
const medians = await interleaved(rounds, Object.fromEntries(turns));
for (const contestant of Object.values(contestants)) contestant.close();
rmSync(directory, { recursive: true, force: true });

const { plain, compiled, ...own } = medians as { ours: number; unequal: number; plain?: number; compiled?: number };
if (plain !== undefined && compiled !== undefined)
  process.stderr.write(`TRL: plain ${plain.toFixed(0)} tokens/s, compiled ${compiled.toFixed(0)}\n`);
report(
  "rl",
  [
    row({
      what: "GRPO, tokens trained on a second",
      unit: "tokens/s",
      ours: own.ours,
      peer: plain === undefined || compiled === undefined ? undefined : Math.max(plain, compiled),
      bounds: "ratio",
      better: "higher",
      atLeast: 2,
      aim: 5,
    }),
    row({
      what: "the same with responses of 1 to 48 tokens, 64 side by side",
      unit: "tokens/s",
      ours: own.unequal,
      bounds: "ratio",
      better: "higher",
      atLeast: 1.3,
      aim: 2,
    }),
  ],
  python ? trlVersions : {},
);
