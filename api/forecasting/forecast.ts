import { compilePipeline } from "../../compiler/compile.js";
import { checkWith } from "../../compiler/inputs/check-with.js";
import { parseCondition } from "../../expressions/condition.js";
import { evaluateTemplate, evaluateWithSecrets, type ExpressionContext } from "../../expressions/evaluate.js";
import { expressionReferences, references } from "../../expressions/references.js";
import type { Json, JsonObject } from "../../platform/json.js";
import { mapBounded } from "../../platform/map-bounded.js";
import { awaitsItems, combinationText, itemMembers, membersById, stagesToRun } from "../../schemas/matrix.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import type { StageState, StageStatus } from "../../schemas/run.js";
import type { SecretPlace } from "../../schemas/secrets.js";
import { isArtifact, listProblem } from "../../schemas/foreach.js";
import { stageDefinitions } from "../../schemas/stages/index.js";
import { checkpointSteps } from "../../store/checkpoints.js";
import { findLatest } from "../../store/records/latest.js";
import { explainChange, missingSources } from "../../store/changes/reasons.js";
import { findResult, stageKey } from "../../store/records/results.js";
import { stageIdentity } from "../../worker/keys/identity.js";
import { recordedReader } from "../../worker/project/pipeline-file.js";
import { withCache } from "../../worker/bookkeeping/prepare-child.js";
import { readItems } from "../../worker/bookkeeping/read-items.js";
import { projectFiles } from "../../worker/project/project-files.js";
import type { AgainstRun } from "../comparing/against-run.js";
import { typeNames, type TypeName } from "../../report/type-names.js";
import { childOutputs, stageFacts } from "../../workflows/facts.js";
import { queuedState } from "../../workflows/board.js";
import { stageContext, nextSteps } from "../../workflows/schedule.js";
import type { Expected } from "../../report/expected-work.js";
import { ago } from "../../report/values.js";
import type { ResultRecord, StageIdentity } from "../../store/records/record-types.js";

/** The forecast of a stage: what would happen if the pipeline ran now. */
export interface StageForecast {
  stage: string;
  /** As the definition has it. */
  uses: string;
  verdict: "kept" | "reused" | "cached" | "will run" | "skipped" | "fails";
  /**
   * Why; for a cached stage, which run left the result. `reused`: it is that of the run that the
   * plan is compared with.
   */
  reasons: string[];
  /** Absent if it depends on the outputs of a stage that will run. */
  key?: string;
  /** For a stage that runs a pipeline: the stages of that pipeline. */
  stages?: StageForecast[];
  /** How long it took in earlier runs; see `expectedWork`. */
  expectedMs?: Expected;
}

/**
 * Goes through a plan as the interpreter would, with the store's results for what is cached. A
 * stage that will run is assumed to succeed; stages that depend on its outputs have to run as well.
 * @param kept states of the stages that another run has finished, and that are not run again
 * @param against the run to compare with; default: what each stage was when it last succeeded
 */
export async function forecast(
  home: string,
  plan: Plan,
  kept: Readonly<Record<string, StageState>> = {},
  against?: AgainstRun,
): Promise<StageForecast[]> {
  return (await forecastWithStates(home, plan, kept, against)).forecasts;
}

async function forecastWithStates(
  home: string,
  plan: Plan,
  kept: Readonly<Record<string, StageState>>,
  against?: AgainstRun,
): Promise<{ forecasts: StageForecast[]; states: Readonly<Record<string, StageState>> }> {
  const stages = stagesToRun(plan.stages, Object.values(kept));
  const states: Record<string, StageState> = {};
  for (const stage of stages) states[stage.id] = queuedState(stage);
  const members = new Map(membersById(stages));
  const typeName = typeNames(plan);
  const known: Forecasting = {
    plan,
    typeName,
    stages,
    members,
    states,
    unknown: new Set(),
    hasOtherEnds: false,
    against,
  };
  const forecasts = new Map<string, StageForecast>();
  for (const level of stageLevels(stages, members)) {
    const found = await mapBounded(level, stagesAtOnce, async (stage) => {
      const taken = kept[stage.id];
      if (taken === undefined || taken.status === "queued")
        return [{ stage, ...(await forecastStage(home, known, stage)) }];
      states[stage.id] = taken;
      const { id } = stage;
      forecasts.set(id, { stage: id, uses: typeName(stage), verdict: "kept", reasons: [taken.reason ?? ""] });
      return [];
    });
    for (const { stage, stageForecast, result } of found.flat()) {
      note(known, stage, stageForecast.verdict, result);
      if (stage.member !== undefined) stageForecast.reasons.unshift(combinationText(stage.member.combination));
      forecasts.set(stage.id, stageForecast);
    }
  }
  return { forecasts: stages.map(({ id }) => forecasts.get(id)!), states };
}

/** Stages that are looked up in the store at the same time. */
const stagesAtOnce = 16;

/** The stages in groups, each after all groups that it needs. */
function stageLevels(stages: readonly PlannedStage[], members: Forecasting["members"]): PlannedStage[][] {
  const depths = new Map<string, number>();
  const levels: PlannedStage[][] = [];
  for (const stage of stages) {
    const needed = stage.needs.flatMap((id) => members.get(id) ?? []);
    const depth = needed.reduce((most, { id }) => Math.max(most, depths.get(id)! + 1), 0);
    depths.set(stage.id, depth);
    (levels[depth] ??= []).push(stage);
  }
  return levels;
}

const verdictStatus = {
  kept: "cached",
  reused: "cached",
  cached: "cached",
  "will run": "succeeded",
  skipped: "skipped",
  fails: "failed",
} as const satisfies Record<StageForecast["verdict"], StageStatus>;

/** Adds a stage's forecast to what is known. */
function note(
  known: Forecasting,
  { id, member }: PlannedStage,
  verdict: StageForecast["verdict"],
  result: Made | undefined,
): void {
  if (verdict === "will run") known.unknown.add(member?.of ?? id);
  if (verdict === "skipped" || verdict === "fails") known.hasOtherEnds = true;
  const made = result && { outputs: result.outputs, metrics: result.metrics };
  const values = result?.values && { values: result.values };
  Object.assign(known.states[id]!, { status: verdictStatus[verdict], ...made, ...values });
}

/** A plan, and what is known so far about its stages. */
interface Forecasting {
  plan: Plan;
  typeName: TypeName;
  stages: readonly PlannedStage[];
  states: Record<string, StageState>;
  members: Map<string, PlannedStage[]>;
  /** Ids, as in the definition, of stages whose outputs are not known. */
  unknown: Set<string>;
  /** Whether a stage is skipped or fails. */
  hasOtherEnds: boolean;
  against: AgainstRun | undefined;
}

interface ForecastedStage {
  stageForecast: StageForecast;
  /** Finds the stage's result in the store. */
  result?: Made;
}

type Made = Pick<StageState, "outputs" | "metrics" | "values">;

async function forecastStage(home: string, known: Forecasting, stage: PlannedStage): Promise<ForecastedStage> {
  const { plan, stages, members, states, unknown } = known;
  const about = { stage: stage.id, uses: known.typeName(stage) };
  const outcome = (verdict: StageForecast["verdict"], reason: string): ForecastedStage => ({
    stageForecast: { ...about, verdict, reasons: [reason] },
  });
  const openIf = stage.if === undefined ? [] : stagesIn(expressionReferences(parseCondition(stage.if)), unknown);
  if (openIf.length > 0) return outcome("will run", `unless its if is false: ${willRun(openIf)}`);

  const run = { id: "", pipeline: plan.name, seed: plan.seed };
  const needed = stage.needs.flatMap((id) => members.get(id) ?? []);
  const context = stageContext(stage, { inputs: plan.inputs, stages: stageFacts(needed, states), run });
  // Without a condition, it runs after successes.
  const isPlain = stage.if === undefined && !known.hasOtherEnds;
  const step = isPlain ? undefined : nextSteps(stages, states, context).find((next) => next.stage === stage.id);
  if (step?.act === "skip" || step?.act === "cancel") return outcome("skipped", step.reason);
  if (step?.act === "fail") return outcome("fails", (step.error as Error).message);

  if (awaitsItems(stage)) return forecastItems(home, known, stage, context);
  const openInputs = stagesIn(references(stage.with), unknown);
  if (openInputs.length > 0) return outcome("will run", willRun(openInputs));
  try {
    const { value, secrets } = evaluateWithSecrets(stage.with, context);
    const settings = value as JsonObject;
    if (stage.child !== undefined) return await forecastChild(home, known, stage, settings);
    const { result, ...found } = await lookUp(home, known, stage, { with: settings, secrets });
    return { stageForecast: { ...about, ...found }, ...(result && { result }) };
  } catch (error) {
    return outcome("fails", (error as Error).message);
  }
}

/** Goes through the items of a list, if the store knows it. */
async function forecastItems(
  home: string,
  known: Forecasting,
  stage: PlannedStage,
  context: ExpressionContext,
): Promise<ForecastedStage> {
  const { id, foreach } = stage;
  const about = { stage: id, uses: known.typeName(stage) };
  const openList = stagesIn(references(foreach!.items), known.unknown);
  if (openList.length > 0) {
    const reason = `once for each item, whose number is known only at run time: ${willRun(openList)}`;
    return { stageForecast: { ...about, verdict: "will run", reasons: [reason] } };
  }
  const found = await findItems(home, stage, context);
  if ("failure" in found) return { stageForecast: { ...about, verdict: "fails", reasons: [found.failure] } };
  const states = itemMembers(id, found.items).map((member) => queuedState({ ...member, uses: stage.uses }));
  const members = states.length === 0 ? [] : stagesToRun([stage], states);
  for (const state of states) known.states[state.id] = state;
  const forecasts = await mapBounded(members, stagesAtOnce, async (member) => {
    const { stageForecast, result } = await forecastStage(home, known, member);
    stageForecast.reasons.unshift(combinationText(member.member!.combination));
    note(known, member, stageForecast.verdict, result);
    return stageForecast;
  });
  if (members.length > 0) known.members.set(id, members);
  const order = ["fails", "will run", "cached", "reused", "skipped"] as const;
  const verdict = order.find((one) => forecasts.some((told) => told.verdict === one)) ?? "cached";
  return { stageForecast: { ...about, verdict, reasons: [`${members.length} items`], stages: forecasts } };
}

/** Finds a stage's list as the run would. */
async function findItems(
  home: string,
  { id, foreach }: PlannedStage,
  context: ExpressionContext,
): Promise<{ items: Json[] } | { failure: string }> {
  try {
    const value = evaluateTemplate(foreach!.items, context);
    const items = isArtifact(value) ? await readItems(home, { stage: id, artifact: value }) : value;
    const problem = listProblem(items, foreach!);
    return problem === undefined ? { items: items as Json[] } : { failure: `foreach ${problem.message}` };
  } catch (error) {
    return { failure: (error as Error).message };
  }
}

/** Goes through the stages of the pipeline that a stage runs. Throws PipelineErrors. */
async function forecastChild(
  home: string,
  { plan }: Forecasting,
  stage: PlannedStage,
  settings: JsonObject,
): Promise<ForecastedStage> {
  const { inputs = {} } = settings as { inputs?: JsonObject };
  const { plan: compiled } = await compilePipeline({
    ...plan.files![stage.child!.name]!,
    formerNotations: true,
    inputs,
    seed: plan.seed,
    ...projectFiles(process.cwd()),
    readDefinition: recordedReader(plan.files),
  });
  const child = withCache(compiled, stage.cache);
  const { forecasts, states } = await forecastWithStates(home, child, {});
  const about = { stage: stage.id, uses: stage.uses, stages: forecasts };
  const running = forecasts.filter(({ verdict }) => verdict === "will run");
  const failing = forecasts.find(({ verdict }) => verdict === "fails");
  if (failing !== undefined)
    return { stageForecast: { ...about, verdict: "fails", reasons: [`${failing.stage}: ${failing.reasons[0]}`] } };
  if (running.length > 0) {
    const reasons = [`${running.length} of ${forecasts.length} stages of ${stage.child!.name} will run`];
    return { stageForecast: { ...about, verdict: "will run", reasons } };
  }
  const facts = stageFacts(stagesToRun(child.stages, Object.values(states)), states);
  const run = { id: "", pipeline: child.name, seed: child.seed };
  const outputs = evaluateTemplate(child.outputs, { inputs: child.inputs, stages: facts, run }) as JsonObject;
  const reasons = [`all stages of ${stage.child!.name} are`];
  return { stageForecast: { ...about, verdict: "cached", reasons }, result: { ...childOutputs(outputs), metrics: {} } };
}

type LookUp = Pick<StageForecast, "verdict" | "reasons" | "key"> & { result?: ResultRecord };

async function lookUp(
  home: string,
  { plan, against }: Forecasting,
  stage: PlannedStage,
  { with: settings, secrets }: { with: JsonObject; secrets: SecretPlace[] },
): Promise<LookUp> {
  const checked = checkWith(stage.uses, settings, `stages.${stage.id} (${stage.uses})`);
  const worker = { home, gpu: stage.resources.gpu > 0, workingDirectory: process.cwd() };
  const identity = await stageIdentity({ uses: stage.uses, with: checked, secrets, seed: plan.seed }, worker);
  const key = stageKey(identity);
  const maxAgeMs = typeof stage.cache === "number" ? stage.cache : undefined;
  const mayBeCached = stage.cache !== false && !stageDefinitions[stage.uses].writesOutsideStore;
  const result = mayBeCached ? await findResult(home, key, maxAgeMs) : undefined;
  if (result) {
    const { runId, endedAt } = result.lineage;
    const reasons = [`result of ${runId}, ${ago(new Date(endedAt), new Date())}`];
    if (against?.hasKey(stage.id, key)) return { verdict: "reused", reasons, key, result };
    reasons.push(...((await against?.differences(stage.id, identity)) ?? []));
    return { verdict: "cached", reasons, key, result };
  }
  const reasons = await cacheMissReasons(home, plan, stage, identity, against);
  const [step] = await checkpointSteps(home, key);
  if (step !== undefined) reasons.push(`it resumes from its checkpoint at step ${step}`);
  return { verdict: "will run", reasons, key };
}

async function cacheMissReasons(
  home: string,
  plan: Plan,
  stage: PlannedStage,
  now: StageIdentity,
  against: AgainstRun | undefined,
): Promise<string[]> {
  if (stage.cache === false) return ["cache: false"];
  if (stageDefinitions[stage.uses].writesOutsideStore) return ["it writes outside the store: every run does it again"];
  const changes = await (against?.differences(stage.id, now) ?? changesSinceLatest(home, plan, stage, now));
  if (changes.length > 0) return changes;
  const tooOld = (await findResult(home, stageKey(now))) !== undefined;
  return [tooOld ? "its result is older than cache.ttl" : "its result is no longer in the store"];
}

/** Differences from when the stage last succeeded in a run of the pipeline. */
async function changesSinceLatest(
  home: string,
  plan: Plan,
  stage: PlannedStage,
  now: StageIdentity,
): Promise<string[]> {
  const latest = await findLatest(home, plan.name, stage.id);
  const missing = missingSources(now);
  if (latest === undefined) return ["it has not succeeded before", ...(missing === undefined ? [] : [missing])];
  return explainChange(latest, now);
}

function stagesIn(found: readonly { kind: string; stage?: string }[], unknown: ReadonlySet<string>): string[] {
  return [...new Set(found.flatMap(({ stage }) => (stage !== undefined && unknown.has(stage) ? [stage] : [])))];
}

function willRun(stages: string[]): string {
  return `${stages.join(", ")} will run`;
}
