import { readFileSync } from "node:fs";
import { compilePipeline } from "../compiler/index.js";
import type { JsonObject } from "../platform/json.js";
import { PawlError } from "../platform/errors.js";
import type { Plan } from "../schemas/plan.js";
import type { RunResult } from "../schemas/run.js";
import { mayRequestChoices } from "../schemas/stages/index.js";
import { killAtRandom, type Kill } from "./killer.js";
import { Rig } from "./rig.js";
import { timesToWorkAgain } from "./training-again.js";

export interface VerifyOptions {
  /** The pipeline's file. */
  file: string;
  /** Kills to deliver, over as many runs as that takes. */
  kills: number;
  /** Decides the moments and the victims. */
  seed: number;
  inputs?: JsonObject;
  slots?: number;
  /** Program of a slot's process; tests have their own stages. */
  slotProgram?: string;
  onProgress?: (event: VerifyEvent) => void;
}

export type VerifyEvent =
  | { what: "undisturbed"; seconds: number }
  | { what: "kill"; kill: Kill; delivered: number }
  | { what: "run"; number: number; equal: boolean };

export interface ResumeReport {
  /** Every output of every killed run has the digest it has in the undisturbed run. */
  equal: boolean;
  kills: { slot: number; workflows: number; server: number; insideCheckpoint: number };
  /** Killed runs that it took. */
  runs: number;
  /** From the kill of a working slot to the stage's next step, ms, one for each such kill; see timesToWorkAgain. */
  workAgainMs: number[];
  /** Digests of the undisturbed run: "stage.output" -> digest. */
  digests: Record<string, string>;
  differences: { run: number; output: string; expected: string; got: string }[];
  /** Home folders kept because their outputs differ. */
  kept: string[];
}

/**
 * Runs a pipeline once undisturbed, and again and again killed with SIGKILL at random moments (slots, some of them
 * inside a checkpoint's write; the process for workflow code; the server), each time in an empty store, until the
 * wanted number of kills is delivered. Compares the digests of all outputs.
 * @throws PipelineErrors for a bad definition; PawlError when a run fails
 */
export async function verifyResume(options: VerifyOptions): Promise<ResumeReport> {
  const plan = await stretchedPlan(options);
  const { digests } = await undisturbed(plan, options);
  const report: ResumeReport = {
    equal: true,
    kills: { slot: 0, workflows: 0, server: 0, insideCheckpoint: 0 },
    runs: 0,
    workAgainMs: [],
    digests,
    differences: [],
    kept: [],
  };
  const random = mulberry32(options.seed);
  for (let left = options.kills; left > 0;) left -= await killedRun(plan, options, left, random, report);
  return report;
}

async function undisturbed(plan: Plan, options: VerifyOptions): Promise<{ digests: Record<string, string> }> {
  const rig = await Rig.start(options.slots ?? 1, options.slotProgram);
  try {
    const began = Date.now();
    const digests = digestsOf(await rig.run("undisturbed", plan));
    options.onProgress?.({ what: "undisturbed", seconds: (Date.now() - began) / 1000 });
    return { digests };
  } finally {
    await rig.stop();
  }
}

/** One run under fire. Adds to the report; returns how many kills it took. */
async function killedRun(
  plan: Plan,
  options: VerifyOptions,
  wanted: number,
  random: () => number,
  report: ResumeReport,
): Promise<number> {
  const rig = await Rig.start(options.slots ?? 1, options.slotProgram);
  const kills: Kill[] = [];
  const ended = new AbortController();
  let equal = false;
  try {
    const firing = killAtRandom(rig, wanted, random, ended.signal, (kill) => {
      kills.push(kill);
      report.kills[kill.target]++;
      if (kill.insideCheckpoint) report.kills.insideCheckpoint++;
      options.onProgress?.({ what: "kill", kill, delivered: Object.values(targets(report)).reduce((a, b) => a + b) });
    });
    const runId = `killed-${++report.runs}`;
    const [result] = await Promise.all([rig.run(runId, plan).finally(() => ended.abort()), firing]);
    report.workAgainMs.push(...(await timesToWorkAgain(rig.home, runId, kills)));
    equal = compare(report, digestsOf(result));
    options.onProgress?.({ what: "run", number: report.runs, equal });
  } finally {
    ended.abort();
    await rig.stop(!equal);
  }
  if (!equal) report.kept.push(rig.home);
  return kills.length;
}

const targets = ({ kills: { slot, workflows, server } }: ResumeReport) => ({ slot, workflows, server });

function compare(report: ResumeReport, digests: Record<string, string>): boolean {
  const names = [...new Set([...Object.keys(report.digests), ...Object.keys(digests)])];
  const differences = names
    .filter((name) => report.digests[name] !== digests[name])
    .map((output) => ({
      run: report.runs,
      output,
      expected: report.digests[output] ?? "none",
      got: digests[output] ?? "none",
    }));
  report.differences.push(...differences);
  report.equal &&= differences.length === 0;
  return differences.length === 0;
}

function digestsOf(result: RunResult): Record<string, string> {
  return Object.fromEntries(
    Object.entries(result.stages).flatMap(([stage, { outputs }]) =>
      Object.entries(outputs).map(([output, { digest }]) => [`${stage}.${output}`, digest]),
    ),
  );
}

/** The plan with frequent checkpoints, so that kills fall into them, and with budgets that no number of kills uses up. */
async function stretchedPlan({ file, inputs = {}, kills }: VerifyOptions): Promise<Plan> {
  const { plan } = await compilePipeline({ text: readFileSync(file, "utf8"), file, inputs });
  refusePeople(plan);
  const stages = plan.stages.map((stage) => ({
    ...stage,
    checkpoint: { ...stage.checkpoint, everyMs: Math.min(stage.checkpoint.everyMs, 250) },
    retry: { ...stage.retry, maxIntervalMs: 500, on: { ...stage.retry.on, lost: kills + 1, preempted: kills + 1 } },
  }));
  return { ...plan, stages };
}

/** Nobody is there to choose. */
function refusePeople({ stages }: Plan): void {
  const asks = stages.find(({ uses, with: settings }) => mayRequestChoices(uses, settings));
  if (asks === undefined) return;
  throw new PawlError("NOT_ALLOWED", `stages.${asks.id} waits for a person's choices`, {
    where: `stages.${asks.id}`,
    expected: "stages that go on by themselves",
    next: "give it a judge, for example judge: { kind: length }",
  });
}

/** Mulberry32 (Tommy Ettinger): a small seeded generator, enough for choosing moments. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
