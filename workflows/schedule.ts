import { conditionBeforeItems, evaluateCondition, needsStatus } from "../expressions/condition.js";
import type { ExpressionContext } from "../expressions/evaluate.js";
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

/** Combines the statuses of a matrix's combinations into one. @param statuses of all of them */
export function matrixStatus(statuses: readonly StageStatus[]): StageStatus {
  const open = statuses.find((status) => !hasEnded(status));
  if (open !== undefined) return open;
  const order: StageStatus[] = ["failed", "cancelled", "succeeded", "cached"];
  return order.find((status) => statuses.includes(status)) ?? "skipped";
}

/**
 * Failed stages that make the run fail, in plan order: all but those with `onFailure: continue`.
 */
export function fatalFailures(stages: readonly PlannedStage[], states: StageStates): StageState[] {
  return stages.flatMap(({ id, onFailure }) => {
    const state = states[id];
    return state?.status === "failed" && onFailure !== "continue" ? [state] : [];
  });
}

/** What `nextSteps` has to observe. */
interface Limits {
  isCanceled?: boolean;
  maxStarts?: number;
  restRuns?: boolean;
}

/**
 * What to do now: a step for every queued stage whose needs have all ended. Pure; call it again
 * with the steps applied until no steps remain, since a skipped stage is an ended need of others.
 *
 * Once a stage has failed for good, the run is failing: no more stages are started, and stages that
 * are waiting or parked are canceled, except those whose `if` has always() or failure(), and the
 * rest of the failed stage's matrix if that has failFast: false. In expressions, success() is then
 * false.
 *
 * @param limits isCanceled: the run is being canceled, and no stage is under way; only stages whose
 *   `if` has always() or cancelled() are started, and none waits for people. maxStarts: the steps
 *   end with this number of starts. restRuns: see Board
 */
export function nextSteps(
  stages: readonly PlannedStage[],
  states: StageStates,
  context: ExpressionContext,
  { isCanceled = false, maxStarts = Infinity, restRuns = true }: Limits = {},
): Step[] {
  const { stageNeeds, stageStatus } = buildGraph(stages, states);
  const failureFor = blockingFailures(stages, states, restRuns);
  const asks = (now: StageStatus): boolean => now === "waiting" || now === "parked";
  const isEnding = (stage: PlannedStage): boolean => isCanceled || failureFor(stage) !== undefined;
  const isOpen = (stage: PlannedStage, now = stageStatus(stage.id)): boolean =>
    now === "queued" || (asks(now) && isEnding(stage));
  const room = matrixCapacity(stages, states);
  const nextStep = (stage: PlannedStage): Step | undefined => {
    const status = stageStatus(stage.id);
    const failing = failureFor(stage);
    const ended = { ...needsStatus(stage.id, stageNeeds, stageStatus), cancelled: isCanceled };
    const canceled: Step = { stage: stage.id, act: "cancel", reason: "the run was canceled" };
    if (isCanceled && asks(status)) return canceled;
    try {
      const success = ended.success && !isEnding(stage);
      const condition = awaitsItems(stage) ? conditionBeforeItems(stage.if) : stage.if;
      if (evaluateCondition(condition, stageContext(stage, context), { ...ended, success }))
        return status === "queued" && room.take(stage) ? { stage: stage.id, act: "start" } : undefined;
    } catch (error) {
      // Otherwise a stage that was parked in the meantime would be parked again forever.
      if (status === "queued") return { stage: stage.id, act: "fail", error };
    }
    if (isCanceled) return canceled;
    if (failing !== undefined && ended.success)
      return { stage: stage.id, act: "cancel", reason: cancelReason(failing.id, states[stage.id]!) };
    return { stage: stage.id, act: "skip", reason: skipReason(stage, stageStatus) };
  };
  const steps: Step[] = [];
  let starts = 0;
  for (const stage of stages) {
    if (starts === maxStarts) break;
    if (!isOpen(stage) || !stage.needs.every((id) => hasEnded(stageStatus(id)))) continue;
    const step = nextStep(stage);
    if (step !== undefined) steps.push(step);
    if (step?.act === "start") starts++;
  }
  return steps;
}

/**
 * Finds for a stage the failure that prevents its start. Failures within a matrix with failFast:
 * false do not count for that matrix.
 */
function blockingFailures(
  stages: readonly PlannedStage[],
  states: StageStates,
  restRuns: boolean,
): (stage: PlannedStage) => StageState | undefined {
  const failures = fatalFailures(stages, states);
  const [first] = failures;
  if (first === undefined || !restRuns) return () => first;
  const stageMatrices = new Map(stages.map(({ id, member }) => [id, member?.of]));
  const elsewhere = new Map<string, StageState | undefined>();
  return ({ member }) => {
    if (member === undefined || member.failFast) return first;
    const { of } = member;
    if (!elsewhere.has(of))
      elsewhere.set(
        of,
        failures.find(({ id }) => stageMatrices.get(id) !== of),
      );
    return elsewhere.get(of);
  };
}

/** What the expressions of a stage see. */
export function stageContext({ member, foreach }: PlannedStage, context: ExpressionContext): ExpressionContext {
  if (member === undefined) return context;
  return { ...context, [foreach === undefined ? "matrix" : "each"]: member.combination };
}

/**
 * Status and needs of all stages and, under its id in the definition, of each matrix, which needs
 * its combinations.
 */
function buildGraph(
  stages: readonly PlannedStage[],
  states: StageStates,
): { stageStatus: (id: string) => StageStatus; stageNeeds: (id: string) => readonly string[] } {
  const members = membersById(stages);
  const needs = needsById(stages);
  const matrices = new Map<string, StageStatus>();
  const stageStatus = (id: string): StageStatus => {
    if (!isMatrix(members.get(id), id)) return states[id]?.status ?? "queued";
    const known = matrices.get(id) ?? matrixStatus(members.get(id)!.map((member) => stageStatus(member.id)));
    matrices.set(id, known);
    return known;
  };
  return { stageStatus, stageNeeds: (id) => needs.get(id) ?? [] };
}

/**
 * Whether the stages with an id in the definition are combinations.
 * @param members of that id, if there are any
 */
const isMatrix = (members: readonly PlannedStage[] | undefined, id: string): boolean =>
  members !== undefined && members[0]!.id !== id;

/** What `needsById` has found; a list of stages does not change. */
const knownNeeds = new WeakMap<readonly PlannedStage[], ReadonlyMap<string, readonly string[]>>();

function needsById(stages: readonly PlannedStage[]): ReadonlyMap<string, readonly string[]> {
  const found = knownNeeds.get(stages) ?? findNeeds(stages);
  knownNeeds.set(stages, found);
  return found;
}

function findNeeds(stages: readonly PlannedStage[]): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, readonly string[]>(stages.map((stage) => [stage.id, stage.needs]));
  for (const [id, members] of membersById(stages))
    if (isMatrix(members, id))
      needs.set(
        id,
        members.map((member) => member.id),
      );
  return needs;
}

/** How many more combinations of each matrix may be under way. One that waits for people is not. */
function matrixCapacity(
  stages: readonly PlannedStage[],
  states: StageStates,
): { take: (stage: PlannedStage) => boolean } {
  const underWay = new Map<string, number>();
  const isUnderWay = ({ id }: PlannedStage): boolean => ["running", "backingOff"].includes(states[id]?.status ?? "");
  const count = (of: string): number =>
    underWay.get(of) ?? (membersById(stages).get(of) ?? []).filter(isUnderWay).length;
  const take = ({ member }: PlannedStage): boolean => {
    if (member?.maxParallel === undefined) return true;
    const now = count(member.of);
    if (now >= member.maxParallel) return false;
    underWay.set(member.of, now + 1);
    return true;
  };
  return { take };
}

/**
 * Ids of stages under way that are combinations of a matrix with failFast, of which another has
 * failed for good.
 */
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

function cancelReason(failed: string, { status, choiceRequest }: StageState): string {
  if (status === "parked") return `stages.${failed} failed while this stage was parked`;
  if (choiceRequest === undefined) return `stages.${failed} failed before this stage was started`;
  const before = choiceRequest.closed === undefined ? "had its choices" : "resumed with its choices";
  return `stages.${failed} failed before this stage ${before}, which are kept`;
}

function skipReason(stage: PlannedStage, stageStatus: (id: string) => StageStatus): string {
  const without = stage.needs.find((id) => stageStatus(id) !== "succeeded" && stageStatus(id) !== "cached");
  if (without === undefined) return `if: ${stage.if ?? "success()"} is false`;
  const status = stageStatus(without);
  const how = status === "failed" ? "failed" : status === "skipped" ? "was skipped" : "was canceled";
  return stage.if === undefined
    ? `it needs stages.${without}, which ${how}`
    : `if: ${stage.if} is false; stages.${without} ${how}`;
}
