import { readFileSync } from "node:fs";
import { compilePipeline } from "../compiler/compile.js";
import { readSource } from "../compiler/definition/source.js";
import { projectFiles } from "../worker/project/project-files.js";
import type { JsonObject } from "../platform/json.js";
import { PawlError } from "../platform/errors.js";
import { resolveFile } from "../platform/program/shipped.js";
import { withTimeLimits } from "../schemas/fields/scoring.js";
import type { Plan, PlannedStage } from "../schemas/plan.js";
import { mayAskPeople, type StageType } from "../schemas/stages/index.js";

/**
 * Time limits under stress. A process that is stopped for three times the heartbeat is considered
 * lost, and has been stopped for three times the minimum time limit of a rule.
 */
export const stressTimes = {
  /** ms */
  heartbeatMs: 2000,
  /**
   * A rule's time limit is divided by this, as the heartbeat's default is, down to at least
   * `minTimeLimitMs`.
   */
  timeLimitDivisor: 30,
  minTimeLimitMs: 2000,
  /**
   * An attempt may take this many times as long as its stage took uninterrupted, and at least
   * `minTimeoutMs`.
   */
  timeoutFactor: 10,
  minTimeoutMs: 60_000,
};

/**
 * A pipeline's plan with frequent checkpoints, so that kills fall into them, and with retry budgets
 * that no number of kills uses up.
 * @param kills maximum number of kills
 * @param stress whether time limits are short, so that processes can be stopped for longer than
 *   they last
 * @throws PipelineErrors for a bad definition; PawlError NOT_ALLOWED if a stage waits for people
 */
export async function stretchedPlan(
  { file, inputs = {} }: { file: string; inputs?: JsonObject },
  kills: number,
  stress: boolean,
): Promise<Plan> {
  const { plan } = await compilePipeline({
    text: readFileSync(resolveFile(file, process.cwd()), "utf8"),
    file,
    inputs,
    ...projectFiles(process.cwd()),
  });
  refusePeople(plan);
  refuseGpus(plan);
  const stages = plan.stages
    .map((stage) => (stress ? stressed(stage, kills) : stage))
    .map((stage) => ({
      ...stage,
      checkpoint: { ...stage.checkpoint, everyMs: Math.min(stage.checkpoint.everyMs, 250) },
      retry: { ...stage.retry, maxIntervalMs: 500, on: { ...stage.retry.on, lost: kills + 1, preempted: kills + 1 } },
    }));
  return { ...plan, stages };
}

/**
 * A stage with a short heartbeat and short time limits of its rules; attempts whose time runs out
 * use up no budget.
 */
export function stressed(stage: PlannedStage, kills: number): PlannedStage {
  const { heartbeatMs, timeLimitDivisor, minTimeLimitMs } = stressTimes;
  const limited = (ms: number): number => Math.min(ms, Math.max(minTimeLimitMs, Math.ceil(ms / timeLimitDivisor)));
  return {
    ...stage,
    with: withTimeLimits(stage.with, limited),
    heartbeatMs: Math.min(stage.heartbeatMs, heartbeatMs),
    retry: { ...stage.retry, maxAttempts: Math.max(stage.retry.maxAttempts, kills + 1) },
  };
}

/**
 * A plan whose attempts time out if they take much longer than their stages took uninterrupted.
 * Shorter timeouts would end every attempt of a stage without checkpoints on a slow machine.
 * @param tookMs by stage, ms
 */
export function withTimeouts(plan: Plan, tookMs: Readonly<Record<string, number>>): Plan {
  const { timeoutFactor, minTimeoutMs } = stressTimes;
  const stages = plan.stages.map((stage) => {
    const took = tookMs[stage.id];
    if (took === undefined) return stage;
    return { ...stage, timeoutMs: Math.min(stage.timeoutMs, Math.max(minTimeoutMs, timeoutFactor * took)) };
  });
  return { ...plan, stages };
}

/** Refuses stages that wait for people: nobody answers here. */
function refusePeople({ stages, files = {} }: Plan): void {
  const asks = stages.find(({ uses, with: settings }) => mayAskPeople(uses, settings));
  const inChild = Object.values(files).find(({ text }) => namesPeople(text));
  if (asks === undefined && inChild === undefined) return;
  const where = asks === undefined ? inChild!.file : `stages.${asks.id}`;
  throw new PawlError("NOT_ALLOWED", asks ? `${where} waits for people` : `a stage of ${where} waits for people`, {
    where,
    expected: "stages that continue by themselves",
    next: "give collect-preferences a judge (judge: { kind: length }), and leave approve out of a copy of the pipeline",
  });
}

/** Whether a definition has a stage that may wait for people. */
function namesPeople(text: string): boolean {
  const { stages } = readSource(text).source?.value as JsonObject;
  return Object.values(stages as Record<string, JsonObject>).some(({ uses, with: settings = {} }) =>
    mayAskPeople(uses as StageType, settings as JsonObject),
  );
}

/** Refuses stages that need a GPU worker: no such process is started here. */
function refuseGpus({ stages }: Plan): void {
  const onGpu = stages.find(({ resources }) => resources.gpu > 0);
  if (onGpu === undefined) return;
  throw new PawlError("NOT_ALLOWED", `stages.${onGpu.id} requests a GPU`, {
    where: `stages.${onGpu.id}.resources.gpu`,
    expected: "0: the proof runs stages on the CPU only",
    next: "make resources.gpu an input that is 0 here",
  });
}
