import { isDeepStrictEqual } from "node:util";
import { evaluateTemplate, ExpressionProblem, type ExpressionContext } from "../../expressions/index.js";
import { PawlError } from "../../platform/errors.js";
import type { Json } from "../../platform/json.js";
import { isArtifact } from "../../schemas/foreach.js";
import { awaitsItems, membersById, stagesToRun } from "../../schemas/matrix.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import type { ChangeRequest, SettingsProposal, StageClaim } from "../../schemas/run.js";
import { stageFacts } from "../../workflows/facts.js";
import { hasEnded, matrixStatus } from "../../workflows/schedule.js";
import { evaluateSettings, type EvaluatedSettings } from "../../workflows/settings.js";
import { readItems } from "../read-items.js";
import { areGranted } from "./changes.js";
import { sealedPlan, type SealedPlan } from "./plans.js";
import { isBelieved } from "./receipts.js";
import { asJson } from "./sign.js";

/** A stage of a run as the store's plan has it, and its settings as that plan and the store's results make them. */
export interface SealedStage extends EvaluatedSettings {
  run: SealedPlan;
  stage: PlannedStage;
}

/** What a run says of a stage and of those before it. */
type Claims = Omit<SettingsProposal, "with">;

/**
 * The settings of a stage, computed from what the store and signatures show: the run's plan, its accepted changes, and results
 * of earlier stages that workers of this home returned. What the proposal says beside them is not used.
 * @throws PawlError NOT_ALLOWED if the proposal differs; ExpressionProblem; STORE_UNREADABLE
 */
export async function sealedStage(home: string, proposal: SettingsProposal): Promise<SealedStage> {
  const { run, stage } = await sealedMember(home, proposal);
  const context = await sealedContext(home, run.plan, stage, proposal);
  const evaluated = evaluateSettings(stage, proposal.changes, context);
  if (!isDeepStrictEqual(asJson(evaluated.with), asJson(proposal.with)))
    throw notSealed(stage.id, "settings that the run's plan does not make of the results in the store");
  return { run, stage, ...evaluated };
}

/**
 * The same of a parked stage that somebody wants to change.
 * @returns its settings with the change, and before it; undefined if one of their expressions could not be evaluated, which
 *   may be why the stage is parked
 * @throws as `sealedStage`
 */
export async function changedStage(
  home: string,
  request: ChangeRequest,
): Promise<SealedStage & { before?: EvaluatedSettings }> {
  const { changes = [], change } = request;
  const { run, stage } = await sealedMember(home, request);
  const context = await sealedContext(home, run.plan, stage, { ...request, changes });
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

/** A stage whose changes were accepted: one of the plan, or of an item of a list, which is read again. */
async function sealedMember(home: string, proposal: Claims): Promise<Pick<SealedStage, "run" | "stage">> {
  const { runId, stage: id, combination, changes, changesGrant } = proposal;
  const granted = { ...(changes && { changes }), ...(changesGrant !== undefined && { changesGrant }) };
  if (!areGranted(home, runId, id, granted)) throw notSealed(id, "changes that no worker has accepted");
  const run = await sealedRun(home, runId, id);
  const planned = run.stages.get(id);
  if (planned !== undefined) return { run, stage: planned };
  const list = run.stages.get(id.slice(0, Math.max(0, id.indexOf("."))));
  if (list?.foreach === undefined || combination === undefined) throw notSealed(id, "a stage that the plan lacks");
  const items = await itemsOf(home, run.plan, list, proposal);
  const index = Number(combination["index"]);
  const isIt =
    id === `${list.id}.${index + 1}` && index in items && isDeepStrictEqual(items[index], combination["item"]);
  if (!isIt) throw notSealed(id, "an item that its list lacks");
  // The only item that is given counts as the first.
  return { run, stage: { ...stagesToRun([list], [{ id, combination }])[0]!, id } };
}

/** The list that each stage has read last, by run and stage, with what it was read from. */
const lists = new Map<string, { from: string; items: Json[] }>();
const mostLists = 64;

/** The items of a stage with `foreach`. */
async function itemsOf(home: string, plan: Plan, list: PlannedStage, proposal: Claims): Promise<Json[]> {
  const { runId, states, store } = proposal;
  const name = JSON.stringify([home, runId, list.id]);
  const from = JSON.stringify(states);
  const known = lists.get(name);
  if (known?.from === from) return known.items;
  const context = await sealedContext(home, plan, list, proposal);
  const value = evaluateTemplate(list.foreach!.items, context);
  const request = { stage: list.id, ...(store !== undefined && { store }) };
  const items = isArtifact(value) ? await readItems(home, { ...request, artifact: value }) : value;
  if (!Array.isArray(items)) throw notSealed(proposal.stage, "an item of what is no list");
  lists.delete(name);
  lists.set(name, { from, items });
  const [oldest] = lists.keys();
  if (lists.size > mostLists) lists.delete(oldest!);
  return items;
}

/** What the expressions of a run see once it has ended: of the states, those that are believed. @throws as `sealedStage` */
export async function claimedContext(
  home: string,
  runId: string,
  states: readonly StageClaim[],
): Promise<{ plan: Plan; context: ExpressionContext }> {
  const { plan } = await sealedRun(home, runId, "");
  const ids = plan.stages.map(({ id }) => id);
  const believed = await believedStates(home, runId, plan, ids, states);
  return { plan, context: contextOfRun(runId, plan, believed) };
}

/** What the expressions of a stage see: results that are believed. */
async function sealedContext(
  home: string,
  plan: Plan,
  stage: PlannedStage,
  { runId, states, changes }: Claims,
): Promise<ExpressionContext> {
  const needed = changes === undefined ? stage.needs : plan.stages.map(({ id }) => id);
  const believed = await believedStates(home, runId, plan, needed, states);
  for (const need of stage.needs) refuseMissing(stage, need, believed.get(need), states);
  return contextOfRun(runId, plan, believed);
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

/** By their ids in the plan, the stages whose states are all given and, where they have succeeded, believed. */
async function believedStates(
  home: string,
  runId: string,
  plan: Plan,
  ids: readonly string[],
  states: readonly StageClaim[],
): Promise<Map<string, Known[]>> {
  const wanted = new Set(ids);
  const declared = plan.stages.filter(({ id }) => wanted.has(id));
  const given = new Map(states.map((state) => [state.id, state]));
  const found = new Map<string, Known[]>();
  for (const [id, members] of membersById(stagesToRun(declared, states))) {
    const known = await Promise.all(members.map((stage) => knownStage(home, runId, stage, given.get(stage.id))));
    if (known.every((one) => one !== undefined)) found.set(id, known);
  }
  return found;
}

async function knownStage(
  home: string,
  runId: string,
  stage: PlannedStage,
  state: StageClaim | undefined,
): Promise<Known | undefined> {
  if (state === undefined || state.uses !== stage.uses || !hasEnded(state.status)) return undefined;
  const succeeded = state.status === "succeeded" || state.status === "cached";
  if (!succeeded) return { stage, state: { ...withoutResult(state) } };
  if (awaitsItems(stage)) return { stage, state: withoutResult(state) };
  return (await isBelieved(home, runId, state)) ? { stage, state } : undefined;
}

/** A stage that has not succeeded, and an empty list, have no result. */
function withoutResult({ id, uses, status }: StageClaim): StageClaim {
  return { id, uses, status, outputs: {}, metrics: {} };
}

/** A stage without an `if` runs once all its needs have succeeded: so nothing passes an approval that was not given. */
function refuseMissing(
  { id, if: condition }: PlannedStage,
  need: string,
  known: readonly Known[] | undefined,
  states: readonly StageClaim[],
): void {
  if (known === undefined) throw notSealed(id, `a result of stages.${need} that no worker of this store has signed`);
  const status = matrixStatus(known.map(({ state }) => state.status));
  if (condition !== undefined || status === "succeeded" || status === "cached") return;
  const claimed = states.find((state) => state.id === need)?.status ?? status;
  throw notSealed(id, `a stage before its need stages.${need} has succeeded (${claimed})`);
}

function notSealed(stage: string, got: string): PawlError {
  return new PawlError("NOT_ALLOWED", "this is not what the run was allowed to run", {
    where: `stages.${stage}`,
    expected: "the stage as the plan in the store and the results of this store's workers make it",
    got,
    next: "resume the run (pawl resume), or start it again with `pawl run`",
  });
}
