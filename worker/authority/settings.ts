import { isDeepStrictEqual } from "node:util";
import { conditionBeforeItems, evaluateCondition } from "../../expressions/condition.js";
import { evaluateTemplate, type ExpressionContext } from "../../expressions/evaluate.js";
import { ExpressionProblem } from "../../expressions/problem.js";
import { PawlError } from "../../platform/errors.js";
import type { Json } from "../../platform/json.js";
import { isArtifact } from "../../schemas/foreach.js";
import { awaitsItems, itemMembers, stagesToRun } from "../../schemas/matrix.js";
import type { DeclaredStage, Plan, PlannedStage } from "../../schemas/plan.js";
import type { ChangeRequest, SettingsProposal, StageClaim } from "../../schemas/run.js";
import { stageFacts } from "../../workflows/facts.js";
import { stageContext, hasEnded, matrixStatus } from "../../workflows/schedule.js";
import { evaluateSettings, type EvaluatedSettings } from "../../workflows/settings.js";
import { readItems } from "../bookkeeping/read-items.js";
import { areGranted } from "./changes.js";
import { sealedPlan, type SealedPlan } from "./plans.js";
import { isBelieved, type SignedRun } from "./receipts.js";
import { asJson } from "./sign.js";

/**
 * A stage of a run as the store's plan has it, and its settings as that plan and the store's
 * results make them.
 */
export interface SealedStage extends EvaluatedSettings {
  run: SealedPlan;
  stage: PlannedStage;
}

/** What a run claims about a stage and the stages before it. */
type Claims = Omit<SettingsProposal, "with">;

/**
 * The settings of a stage, computed from what the store and signatures show: the run's plan, its
 * accepted changes, and results of earlier stages that workers of this home returned. What the
 * proposal says beside them is not used.
 * @throws PawlError NOT_ALLOWED if the proposal differs; ExpressionProblem; STORE_UNREADABLE
 */
export async function sealedStage(home: string, proposal: SettingsProposal): Promise<SealedStage> {
  const { run, stage } = await sealedMember(home, proposal);
  const { context } = await sealedContext(home, run, stage, proposal);
  const evaluated = evaluateSettings(stage, proposal.changes, context);
  if (!isDeepStrictEqual(asJson(evaluated.with), asJson(proposal.with)))
    throw notSealed(stage.id, "settings that the run's plan does not make of the results in the store");
  return { run, stage, ...evaluated };
}

/**
 * The same of a parked stage that somebody wants to change.
 * @returns its settings with the change, and before it; undefined if one of their expressions could
 *   not be evaluated, which may be why the stage is parked
 * @throws as `sealedStage`
 */
export async function changedStage(
  home: string,
  request: ChangeRequest,
): Promise<SealedStage & { before?: EvaluatedSettings }> {
  const { changes = [], change } = request;
  const { run, stage } = await sealedMember(home, request);
  const { context } = await sealedContext(home, run, stage, { ...request, changes });
  const before = ifEvaluated(() => evaluateSettings(stage, changes, context));
  return { run, stage, ...evaluateSettings(stage, [...changes, change], context), ...(before && { before }) };
}

function ifEvaluated(evaluate: () => EvaluatedSettings): EvaluatedSettings | undefined {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof ExpressionProblem) return undefined;
    throw error;
  }
}

/** The plan of a run that has such a stage. @throws PawlError STORE_UNREADABLE, NOT_ALLOWED */
async function sealedRun(home: string, runId: string, stage: string): Promise<SealedPlan> {
  const run = await sealedPlan(home, runId);
  if (run !== undefined) return run;
  throw new PawlError("STORE_UNREADABLE", "the plan of this run is not in the store", {
    ...(stage !== "" && { where: `stages.${stage}` }),
    expected: `the plan of run ${runId}`,
    next: "check that this worker has the PAWL_HOME in which the run was begun; the stage is retried",
  });
}

/**
 * A stage whose changes were accepted: one of the plan, or of an item of a list, which is read
 * again.
 */
async function sealedMember(home: string, proposal: Claims): Promise<Pick<SealedStage, "run" | "stage">> {
  const { runId, stage: id, combination, changes, changesGrant } = proposal;
  const granted = { ...(changes && { changes }), ...(changesGrant !== undefined && { changesGrant }) };
  if (!areGranted(home, runId, id, granted)) throw notSealed(id, "changes that no worker has accepted");
  const run = await sealedRun(home, runId, id);
  const planned = run.stages.get(id);
  if (planned !== undefined) return { run, stage: planned };
  const list = run.stages.get(id.slice(0, Math.max(0, id.indexOf("."))));
  if (list?.foreach === undefined || combination === undefined) throw notSealed(id, "a stage that the plan lacks");
  const items = await readForeachItems(home, run, list, proposal);
  const index = Number(combination["index"]);
  const isIt =
    id === `${list.id}.${index + 1}` && index in items && isDeepStrictEqual(items[index], asJson(combination["item"]));
  if (!isIt) throw notSealed(id, "an item that its list lacks");
  // The only item that is given counts as the first.
  return { run, stage: { ...stagesToRun([list], [{ id, combination }])[0]!, id } };
}

/** The list that each stage has read last, by run and stage, with what it was read from. */
const lists = new Map<string, { from: string; items: Json[] }>();
const maxLists = 64;

/** The items of a stage with `foreach`. */
async function readForeachItems(home: string, run: SealedPlan, list: PlannedStage, proposal: Claims): Promise<Json[]> {
  const { runId, states, store } = proposal;
  const name = JSON.stringify([home, runId, run.digest, list.id]);
  const from = JSON.stringify(states);
  const known = lists.get(name);
  if (known?.from === from) return known.items;
  const { context } = await sealedContext(home, run, list, proposal);
  const value = evaluateTemplate(list.foreach!.items, context);
  const request = { stage: list.id, ...(store !== undefined && { store }) };
  const items = asJson(isArtifact(value) ? await readItems(home, { ...request, artifact: value }) : value);
  if (!Array.isArray(items)) throw notSealed(proposal.stage, "an item of what is no list");
  lists.delete(name);
  lists.set(name, { from, items });
  const [oldest] = lists.keys();
  if (lists.size > maxLists) lists.delete(oldest!);
  return items;
}

/**
 * What the expressions of a run see once it has ended: of the states, those that are believed.
 * @returns unknown: ids of stages that the run says nothing of that is believed
 * @throws as `sealedStage`
 */
export async function claimedContext(
  home: string,
  runId: string,
  states: readonly StageClaim[],
): Promise<{ run: SealedPlan; context: ExpressionContext; unknown: string[] }> {
  const run = await sealedRun(home, runId, "");
  const believed = await believedStates(home, run, run.plan.stages, { runId, stage: "", states: [...states] });
  const unknown = run.plan.stages.map(({ id }) => id).filter((id) => !believed.has(id));
  return { run, context: contextOfRun(runId, run.plan, believed), unknown };
}

/**
 * What the expressions of a stage see: results that are believed. Refuses a stage that may not run
 * yet.
 */
async function sealedContext(
  home: string,
  run: SealedPlan,
  stage: PlannedStage,
  claims: Claims,
): Promise<{ context: ExpressionContext }> {
  const { runId, states, changes } = claims;
  const { plan } = run;
  const needed = plan.stages.filter(({ id }) => changes !== undefined || stage.needs.includes(id));
  const believed = await believedStates(home, run, needed, claims);
  const context = contextOfRun(runId, plan, believed);
  for (const need of stage.needs) if (!believed.has(need)) throw unknownNeed(stage.id, need, states);
  const statuses = stage.needs.map((need) => matrixStatus(believed.get(need)!.map(({ state }) => state.status)));
  const success = statuses.every((status) => status === "succeeded" || status === "cached");
  const condition = awaitsItems(stage) ? conditionBeforeItems(stage.if) : stage.if;
  if (!mayRun(condition, success, stageContext(stage, context)))
    throw notSealed(stage.id, `a stage whose needs (${stage.needs.join(", ")}) or \`if\` do not let it run`);
  return { context };
}

/**
 * Whether a stage may run with these results. Whether the run is failing or being canceled cannot
 * be verified: it may run if it may in either case. Without a status function, an `if` implies
 * success(): so nothing passes an approval that was not given.
 */
function mayRun(condition: string | undefined, success: boolean, context: ExpressionContext): boolean {
  if (condition === undefined) return success;
  const either = [false, true];
  return (success ? either : [false]).some((succeeds) =>
    either.some((failure) =>
      either.some((cancelled) => evaluateCondition(condition, context, { success: succeeds, failure, cancelled })),
    ),
  );
}

function contextOfRun(runId: string, plan: Plan, believed: ReadonlyMap<string, Known[]>): ExpressionContext {
  const known = [...believed.values()].flat();
  const stages = stageFacts(
    known.map(({ stage }) => stage),
    Object.fromEntries(known.map(({ stage, state }) => [stage.id, state])),
  );
  return { inputs: plan.inputs, stages, run: { id: runId, pipeline: plan.name, seed: plan.seed } };
}

interface Known {
  stage: PlannedStage;
  state: StageClaim;
}

/**
 * By their ids in the plan, the stages whose states are all given and, where they have succeeded,
 * believed.
 */
async function believedStates(
  home: string,
  run: SealedPlan,
  declared: readonly DeclaredStage[],
  claims: Claims,
): Promise<Map<string, Known[]>> {
  const given = new Map(claims.states.map((state) => [state.id, state]));
  const found = new Map<string, Known[]>();
  for (const stage of declared) {
    const members = stagesToRun([stage], stage.foreach === undefined ? [] : claims.states);
    if (stage.foreach !== undefined && !(await isWholeList(home, run, stage, { members, given, claims }))) continue;
    const known = await Promise.all(
      members.map((member) => knownStage(home, { runId: claims.runId, ...run }, member, given.get(member.id))),
    );
    if (known.every((one) => one !== undefined)) found.set(stage.id, known);
  }
  return found;
}

/**
 * Whether the stages of a list are those of its items. A list that was not read has not succeeded.
 */
async function isWholeList(
  home: string,
  run: SealedPlan,
  list: PlannedStage,
  {
    members,
    given,
    claims,
  }: { members: readonly PlannedStage[]; given: ReadonlyMap<string, StageClaim>; claims: Claims },
): Promise<boolean> {
  const isUnread = members.every((member) => member.member === undefined);
  if (isUnread && given.get(list.id)?.status !== "succeeded") return true;
  const { changes: _changes, changesGrant: _grant, ...ofList } = claims;
  const items = await readForeachItems(home, run, list, ofList);
  if (isUnread) return items.length === 0;
  const combinations = members.map((stage) => stage.member!.combination);
  return isDeepStrictEqual(
    asJson(combinations),
    itemMembers(list.id, items).map(({ combination }) => combination),
  );
}

async function knownStage(
  home: string,
  run: SignedRun,
  stage: PlannedStage,
  state: StageClaim | undefined,
): Promise<Known | undefined> {
  if (state === undefined || state.uses !== stage.uses || !hasEnded(state.status)) return undefined;
  const succeeded = state.status === "succeeded" || state.status === "cached";
  // Of a matrix, a combination is left out only by its `if`, or by somebody who skips it where it
  // is parked.
  const mayBeLeftOut = stage.member === undefined || stage.if !== undefined || stage.onFailure === "park";
  if (!succeeded) return state.status === "failed" || mayBeLeftOut ? { stage, state: withoutResult(state) } : undefined;
  if (awaitsItems(stage)) return { stage, state: withoutResult(state) };
  return (await isBelieved(home, run, state)) ? { stage, state } : undefined;
}

/** A stage that has not succeeded, and an empty list, have no result. */
function withoutResult({ id, uses, status }: StageClaim): StageClaim {
  return { id, uses, status, outputs: {}, metrics: {} };
}

/** A need that is being made again has no state: the stage is tried again. */
function unknownNeed(stage: string, need: string, states: readonly StageClaim[]): PawlError {
  const isGiven = states.some(({ id }) => id === need || id.startsWith(`${need}.`));
  if (isGiven) return notSealed(stage, `a result of stages.${need} that no worker of this store has signed`);
  return new PawlError("STORE_UNREADABLE", `stages.${need}, which this stage needs, has not ended`, {
    where: `stages.${stage}`,
    next: "nothing: the stage is retried",
  });
}

function notSealed(stage: string, got: string): PawlError {
  return new PawlError("NOT_ALLOWED", "this is not what the run was allowed to run", {
    where: `stages.${stage}`,
    expected: "the stage as the plan in the store and the results of this store's workers make it",
    got,
    next: "resume the run (pawl resume), or start it again with `pawl run`",
  });
}
