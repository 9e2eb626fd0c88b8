import { conditionBeforeItems, evaluateCondition, needsStatus, type ExpressionContext } from "../expressions/index.js";
import { awaitsItems, membersById } from "../schemas/matrix.js";
import type { PlannedStage } from "../schemas/plan.js";
import type { StageState, StageStatus } from "../schemas/run.js";

export type StageStates = Readonly<Record<string, StageState>>;

/** What to do with a stage whose needs have all ended. */
export type Step =
  | { stage: string; act: "start" }
  | { stage: string; act: "skip" | "cancel"; reason: string }
  /** Its `if` cannot be evaluated. */
  | { stage: string; act: "fail"; error: unknown };

/** Whether a stage has ended in this run. */
export function hasEnded(status: StageStatus): boolean {
  switch (status) {
    case "succeeded":
    case "cached":
    case "failed":
    case "skipped":
    case "cancelled":
      return true;
    case "queued":
    case "running":
    case "backingOff":
    case "parked":
    case "waiting":
      return false;
  }
}

/** The status of a matrix: what its combinations have come to together. @param statuses of all of them */
export function matrixStatus(statuses: readonly StageStatus[]): StageStatus {
  const open = statuses.find((status) => !hasEnded(status));
  if (open !== undefined) return open;
  const order: StageStatus[] = ["failed", "cancelled", "succeeded", "cached"];
  return order.find((status) => statuses.includes(status)) ?? "skipped";
}

/** Failed stages that make the run fail, in plan order: all but those with `onFailure: continue`. */
export function fatalFailures(stages: readonly PlannedStage[], states: StageStates): StageState[] {
  return stages
    .filter((stage) => stage.onFailure !== "continue")
    .flatMap((stage) => states[stage.id] ?? [])
    .filter((state) => state.status === "failed");
}

/**
 * What to do now: a step for every queued stage whose needs have all ended. Pure; call it again with the steps applied
 * until no steps remain, since a skipped stage is an ended need of others.
 *
 * Once a stage has failed for good, the run is failing: no more stages are started, and stages that are waiting or
 * parked are canceled, except those whose `if` has always() or failure(). In expressions, success() is then false.
 *
 * @param limits isCanceled: the run is being canceled, and no stage is under way; only stages whose `if` has always() or
 *   cancelled() are started, and none waits for people. mostStarts: the steps end with this number of starts
 */
export function nextSteps(
  stages: readonly PlannedStage[],
  states: StageStates,
  context: ExpressionContext,
  { isCanceled = false, mostStarts = Infinity }: { isCanceled?: boolean; mostStarts?: number } = {},
): Step[] {
  const { status, needs } = graphOf(stages, states);
  const failing = fatalFailures(stages, states)[0];
  const asks = (now: StageStatus): boolean => now === "waiting" || now === "parked";
  const isEnding = failing !== undefined || isCanceled;
  const isOpen = (now: StageStatus): boolean => now === "queued" || (isEnding && asks(now));
  const room = roomOf(stages, status);
  const stepOf = (stage: PlannedStage): Step | undefined => {
    const ended = { ...needsStatus(stage.id, needs, status), cancelled: isCanceled };
    const canceled: Step = { stage: stage.id, act: "cancel", reason: "the run was canceled" };
    if (isCanceled && asks(status[stage.id]!)) return canceled;
    try {
      const success = ended.success && !isEnding;
      const condition = awaitsItems(stage) ? conditionBeforeItems(stage.if) : stage.if;
      if (evaluateCondition(condition, contextOf(stage, context), { ...ended, success }))
        return status[stage.id] === "queued" && room.take(stage) ? { stage: stage.id, act: "start" } : undefined;
    } catch (error) {
      // A stage that is parked since then would be parked again, forever.
      if (status[stage.id] === "queued") return { stage: stage.id, act: "fail", error };
    }
    if (isCanceled) return canceled;
    if (failing !== undefined && ended.success)
      return { stage: stage.id, act: "cancel", reason: whyCancelled(failing.id, states[stage.id]!) };
    return { stage: stage.id, act: "skip", reason: whySkipped(stage, status) };
  };
  const steps: Step[] = [];
  let starts = 0;
  for (const stage of stages) {
    if (starts === mostStarts) break;
    if (!isOpen(status[stage.id]!) || !stage.needs.every((id) => hasEnded(status[id] ?? "queued"))) continue;
    const step = stepOf(stage);
    if (step !== undefined) steps.push(step);
    if (step?.act === "start") starts++;
  }
  return steps;
}

/** What the expressions of a stage see. */
export function contextOf({ member, foreach }: PlannedStage, context: ExpressionContext): ExpressionContext {
  if (member === undefined) return context;
  return { ...context, [foreach === undefined ? "matrix" : "each"]: member.combination };
}

/** Status and needs of all stages and, under its id in the definition, of each matrix, which needs its combinations. */
function graphOf(
  stages: readonly PlannedStage[],
  states: StageStates,
): { status: Record<string, StageStatus>; needs: Record<string, readonly string[]> } {
  const status = Object.fromEntries(stages.map(({ id }) => [id, states[id]?.status ?? "queued"]));
  const needs: Record<string, readonly string[]> = Object.fromEntries(stages.map((stage) => [stage.id, stage.needs]));
  for (const [id, members] of membersById(stages)) {
    if (Object.hasOwn(needs, id)) continue;
    needs[id] = members.map((member) => member.id);
    status[id] = matrixStatus(members.map((member) => status[member.id]!));
  }
  return { status, needs };
}

/** How many more combinations of each matrix may be under way. One that waits for people is not. */
function roomOf(
  stages: readonly PlannedStage[],
  status: Readonly<Record<string, StageStatus>>,
): { take: (stage: PlannedStage) => boolean } {
  const underWay = new Map<string, number>();
  const count = (of: string): number => underWay.get(of) ?? 0;
  for (const { id, member } of stages)
    if (member !== undefined && (status[id] === "running" || status[id] === "backingOff"))
      underWay.set(member.of, count(member.of) + 1);
  const take = ({ member }: PlannedStage): boolean => {
    if (member?.maxParallel === undefined) return true;
    if (count(member.of) >= member.maxParallel) return false;
    underWay.set(member.of, count(member.of) + 1);
    return true;
  };
  return { take };
}

/** Ids of stages under way that are combinations of a matrix with failFast, of which another has failed for good. */
export function toStop(stages: readonly PlannedStage[], states: StageStates): { stage: string; failed: string }[] {
  const failed = new Map<string, string>();
  for (const { id, member, onFailure } of stages)
    if (member?.failFast === true && onFailure !== "continue" && states[id]?.status === "failed")
      failed.set(member.of, failed.get(member.of) ?? id);
  return stages.flatMap(({ id, member }) => {
    const first = member && failed.get(member.of);
    const status = states[id]?.status;
    return first !== undefined && (status === "running" || status === "backingOff")
      ? [{ stage: id, failed: first }]
      : [];
  });
}

function whyCancelled(failed: string, { status, choiceRequest }: StageState): string {
  if (status === "parked") return `stages.${failed} failed while this stage was parked`;
  if (choiceRequest === undefined) return `stages.${failed} failed before this stage was started`;
  const before = choiceRequest.closed === undefined ? "had its choices" : "resumed with its choices";
  return `stages.${failed} failed before this stage ${before}, which are kept`;
}

function whySkipped(stage: PlannedStage, status: Record<string, StageStatus>): string {
  const without = stage.needs.find((id) => status[id] !== "succeeded" && status[id] !== "cached");
  if (without === undefined) return `if: ${stage.if ?? "success()"} is false`;
  const how = status[without] === "failed" ? "failed" : status[without] === "skipped" ? "was skipped" : "was canceled";
  return stage.if === undefined
    ? `it needs stages.${without}, which ${how}`
    : `if: ${stage.if} is false; stages.${without} ${how}`;
}
