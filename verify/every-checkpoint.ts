import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { JsonObject } from "../platform/json.js";
import { packageRoot } from "../platform/program/locations.js";
import type { Plan } from "../schemas/plan.js";
import { findDifferences, resultDigests, type Difference, type Digests } from "./comparison.js";
import { prepareKillPoints, readKillPoints } from "./kill-points.js";
import { killedCheckpoints, writePhases, type KillPoint } from "./phases.js";
import { Rig } from "./rig.js";
import { stress } from "./stress.js";
import type { StressReport } from "./stress-report.js";
import { stretchedPlan, withTimeouts } from "./stretched-plan.js";
import { referenceRun, type VerifyEvent } from "./verify-resume.js";

export interface EveryCheckpointOptions {
  /** The pipeline's file. */
  file: string;
  inputs?: JsonObject;
  /** Steps between two checkpoints. */
  everySteps: number;
  /**
   * Whether the killed run runs beside busy processes, and its own processes are stopped and
   * continued (stress.ts).
   */
  stress?: boolean;
  /**
   * Programs of a worker process: for the reference run, and one that kills itself; tests have
   * their own stages. Brief ones are Pawl's.
   */
  programs?: { reference: string; killed: string };
  onProgress?: (event: VerifyEvent | { what: "point"; point: KillPoint; number: number }) => void;
  /** Aborted to end everything: processes end, stores are removed, and its reason is thrown. */
  signal?: AbortSignal;
}

export interface EveryCheckpointReport {
  /**
   * Whether every output of the killed run has its digest of the reference run, and every
   * checkpoint had a kill at each phase.
   */
  equal: boolean;
  /** Root of all random numbers of the runs: the plan's seed. */
  runSeed: number;
  everySteps: number;
  /** Where a process has died, in order. */
  points: KillPoint[];
  /** Checkpoints without a kill at every phase; empty if the run has ended. */
  incomplete: { stage: string; step: number; missing: string[] }[];
  /**
   * Stages at which no process died: skipped ones, and those whose result was in the store already.
   */
  withoutKills: string[];
  digests: Digests;
  differences: Difference[];
  stress: StressReport[];
  /** Home directories kept because their outputs differ. */
  kept: string[];
}

/** More than any pipeline has kill points: no retry budget ends the run. */
const maxKills = 1_000_000;
/** How often the kill points are read, ms; only for display. */
const lookEveryMs = 200;

/**
 * Runs a pipeline once without interruption (the reference run), and once so that the process that
 * runs a stage (a worker process; for a brief stage the process for workflows) dies from SIGKILL at
 * every phase of the write of every checkpoint and artifact (kill-points.ts), in an empty store;
 * compares the digests of all outputs.
 * @throws PipelineErrors for a bad definition; PawlError when a run fails
 */
export async function verifyEveryCheckpoint(options: EveryCheckpointOptions): Promise<EveryCheckpointReport> {
  const plan = await stretchedPlan(options, maxKills, options.stress ?? false);
  const { onProgress, programs, signal } = options;
  const { digests, tookMs } = await referenceRun(plan, {
    ...(onProgress && { onProgress }),
    ...(programs && { stageProgram: programs.reference }),
    ...(signal && { signal }),
  });
  const rig = await Rig.start(1, {
    stageProgram: programs?.killed ?? program("kill-points-stage-worker.js"),
    workflowProgram: program("kill-points-workflow-worker.js"),
    prepare: (home) => prepareKillPoints(home, options.everySteps),
    ...(signal && { signal }),
  });
  const ended = new AbortController();
  const watching = tellPoints(rig.home, ended.signal, options);
  const stressing = options.stress ? [stress(rig, ended.signal)] : [];
  let equal = true;
  try {
    const result = await rig
      .run("killed-at-every-checkpoint", options.stress ? withTimeouts(plan, tookMs) : plan)
      .finally(() => ended.abort());
    await watching;
    const points = readKillPoints(rig.home);
    const differences = findDifferences(digests, resultDigests(result), 1);
    const incomplete = incompleteCheckpoints(points);
    equal = differences.length === 0 && incomplete.length === 0;
    onProgress?.({ what: "run", number: 1, equal });
    const kept = equal ? [] : [rig.home];
    const { everySteps } = options;
    const withoutKills = stagesWithoutKills(plan, points);
    const stood = await Promise.all(stressing);
    const runSeed = plan.seed;
    return { equal, runSeed, everySteps, points, incomplete, withoutKills, digests, differences, stress: stood, kept };
  } finally {
    ended.abort();
    await Promise.allSettled([watching, ...stressing]);
    await rig.stop(!equal);
  }
}

const program = (name: string): string => path.join(packageRoot(), "dist", "verify", name);

async function tellPoints(home: string, ended: AbortSignal, { onProgress }: EveryCheckpointOptions): Promise<void> {
  let reported = 0;
  const tell = (): void => {
    const points = readKillPoints(home);
    for (const point of points.slice(reported)) onProgress?.({ what: "point", point, number: ++reported });
  };
  while (!ended.aborted) {
    tell();
    await pause(lookEveryMs);
  }
  tell();
}

/** A run passes a checkpoint only when a process has died at each of its phases. */
function incompleteCheckpoints(points: readonly KillPoint[]): EveryCheckpointReport["incomplete"] {
  return killedCheckpoints(points).flatMap(({ stage, step, phases }) => {
    const missing = writePhases.filter((phase) => !phases.has(phase));
    return missing.length === 0 ? [] : [{ stage, step, missing }];
  });
}

function stagesWithoutKills({ stages }: Plan, points: readonly KillPoint[]): string[] {
  const killed = new Set(points.map(({ stage }) => stage));
  return stages.map(({ id }) => id).filter((id) => !killed.has(id));
}
