import type { JsonObject } from "../platform/json.js";
import { RandomStream } from "../platform/random.js";
import type { Plan } from "../schemas/plan.js";
import { findRecord } from "../store/records/runs.js";
import { findDifferences, resultDigests, type Difference, type Digests } from "./comparison.js";
import { killAtRandom, type Kill } from "./killer.js";
import { Rig } from "./rig.js";
import { stress } from "./stress.js";
import type { StressReport } from "./stress-report.js";
import { stretchedPlan, withTimeouts } from "./stretched-plan.js";
import { timesToWorkAgain } from "./training-again.js";

export interface VerifyOptions {
  /** The pipeline's file. */
  file: string;
  /** Kills to deliver, over as many runs as that takes. */
  kills: number;
  /** Decides the moments and the victims. */
  seed: number;
  inputs?: JsonObject;
  processes?: number;
  /**
   * Whether the killed runs run beside busy processes, and their own processes are stopped and
   * continued (stress.ts).
   */
  stress?: boolean;
  /** Program of a worker process; tests have their own stages. */
  stageProgram?: string;
  onProgress?: (event: VerifyEvent) => void;
  /** Aborted to end everything: processes end, stores are removed, and its reason is thrown. */
  signal?: AbortSignal;
}

export type VerifyEvent =
  | { what: "reference"; seconds: number }
  | { what: "kill"; kill: Kill; delivered: number }
  | { what: "run"; number: number; equal: boolean };

export interface ResumeReport {
  /** Whether every output of every killed run has its digest of the reference run. */
  equal: boolean;
  /** Root of all random numbers of the runs: the plan's seed. */
  runSeed: number;
  kills: { worker: number; workflows: number; server: number; insideCheckpoint: number };
  /** Number of killed runs. */
  runs: number;
  /**
   * From the kill of a busy worker process to the stage's next step, ms, one for each such kill;
   * see timesToWorkAgain.
   */
  workAgainMs: number[];
  /** Digests of the reference run, which nothing interrupts: "stage.output" -> digest. */
  digests: Digests;
  differences: Difference[];
  /** What each killed run had to withstand in addition to its kills. */
  stress: StressReport[];
  /** Home directories kept because their outputs differ. */
  kept: string[];
}

/**
 * Runs a pipeline once without interruption (the reference run), and then repeatedly, killed with
 * SIGKILL at random moments (worker processes, some of them inside a checkpoint's write; the
 * process for workflow code; the server), each time in an empty store, until all kills are
 * delivered. Compares the digests of all outputs.
 * @throws PipelineErrors for a bad definition; PawlError when a run fails
 */
export async function verifyResume(options: VerifyOptions): Promise<ResumeReport> {
  const plan = await stretchedPlan(options, options.kills, options.stress ?? false);
  const { digests, tookMs } = await referenceRun(plan, options);
  const killed = options.stress ? withTimeouts(plan, tookMs) : plan;
  const report: ResumeReport = {
    equal: true,
    runSeed: plan.seed,
    kills: { worker: 0, workflows: 0, server: 0, insideCheckpoint: 0 },
    runs: 0,
    workAgainMs: [],
    digests,
    differences: [],
    stress: [],
    kept: [],
  };
  const moments = new RandomStream(options.seed, "kills");
  let drawn = 0;
  const random = (): number => moments.uniform(drawn++);
  for (let remaining = options.kills; remaining > 0;)
    remaining -= await killedRun(killed, options, remaining, random, report);
  return report;
}

/**
 * The digests of the reference run, which nothing interrupts, and how long each of its stages took,
 * ms.
 */
export async function referenceRun(
  plan: Plan,
  options: Pick<VerifyOptions, "processes" | "stageProgram" | "onProgress" | "signal">,
): Promise<{ digests: Digests; tookMs: Record<string, number> }> {
  const rig = await Rig.start(options.processes ?? 1, options);
  try {
    const began = performance.now();
    const digests = resultDigests(await rig.run("reference", plan));
    options.onProgress?.({ what: "reference", seconds: (performance.now() - began) / 1000 });
    const record = await findRecord(rig.home, "reference");
    const times = (record?.stages ?? []).map(
      ({ id, startedAtMs = 0, endedAtMs = startedAtMs }) => [id, endedAtMs - startedAtMs] as const,
    );
    return { digests, tookMs: Object.fromEntries(times) };
  } finally {
    await rig.stop();
  }
}

/** One killed run. Adds to the report; returns the number of its kills. */
async function killedRun(
  plan: Plan,
  options: VerifyOptions,
  wanted: number,
  random: () => number,
  report: ResumeReport,
): Promise<number> {
  const rig = await Rig.start(options.processes ?? 1, options);
  const kills: Kill[] = [];
  const ended = new AbortController();
  let equal = true;
  const firing = killAtRandom(rig, wanted, random, ended.signal, (kill) => {
    kills.push(kill);
    report.kills[kill.target]++;
    if (kill.insideCheckpoint) report.kills.insideCheckpoint++;
    options.onProgress?.({ what: "kill", kill, delivered: Object.values(targets(report)).reduce((a, b) => a + b) });
  });
  const stressing = options.stress ? stress(rig, ended.signal) : undefined;
  try {
    const runId = `killed-${++report.runs}`;
    const [result] = await Promise.all([rig.run(runId, plan).finally(() => ended.abort()), firing]);
    if (stressing) report.stress.push(await stressing);
    report.workAgainMs.push(...(await timesToWorkAgain(rig.home, runId, kills)));
    const differences = findDifferences(report.digests, resultDigests(result), report.runs);
    report.differences.push(...differences);
    equal = differences.length === 0;
    report.equal &&= equal;
    options.onProgress?.({ what: "run", number: report.runs, equal });
  } finally {
    ended.abort();
    // A kill of the server that is under way restarts it, and the new server must be stopped as
    // well.
    await Promise.allSettled([firing, stressing]);
    await rig.stop(!equal);
  }
  if (!equal) report.kept.push(rig.home);
  return kills.length;
}

const targets = ({ kills: { worker, workflows, server } }: ResumeReport) => ({ worker, workflows, server });
