import { checkWith } from "../compiler/check-with.js";
import { evaluateTemplate, expressionReferences, parseCondition, references } from "../expressions/index.js";
import type { JsonObject } from "../platform/json.js";
import { combinationText, stagesToRun } from "../schemas/matrix.js";
import type { Plan, PlannedStage } from "../schemas/plan.js";
import type { StageState } from "../schemas/run.js";
import { stageDefinitions } from "../schemas/stages/index.js";
import {
  checkpointSteps,
  explainChange,
  findLatest,
  findResult,
  missingSources,
  stageKey,
  type ResultRecord,
  type StageIdentity,
} from "../store/index.js";
import { stageIdentity } from "../worker/identity.js";
import { ago } from "./render/values.js";
import { stageFacts } from "../workflows/facts.js";
import { contextOf, nextSteps } from "../workflows/schedule.js";

/** What would happen to a stage if its pipeline were run now. */
export interface StageForecast {
  stage: string;
  uses: string;
  verdict: "kept" | "cached" | "will run" | "skipped" | "fails";
  /** Why; for a cached stage, which run left the result. */
  reasons: string[];
  /** Absent if it depends on the outputs of a stage that will run. */
  key?: string;
}

/**
 * Goes through a plan as the interpreter would, with the store's results for what is cached. A stage that will run is
 * assumed to succeed; stages that depend on its outputs have to run as well.
 * @param kept states of the stages that another run has finished, and that are not run again
 */
export async function forecast(
  home: string,
  plan: Plan,
  kept: Readonly<Record<string, StageState>> = {},
): Promise<StageForecast[]> {
  const stages = stagesToRun(plan.stages);
  const states: Record<string, StageState> = {};
  for (const { id, uses } of stages) states[id] = { id, uses, status: "queued", attempts: 0, outputs: {}, metrics: {} };
  const unknown = new Set<string>();
  const forecasts: StageForecast[] = [];
  for (const stage of stages) {
    const taken = kept[stage.id];
    if (taken !== undefined) {
      states[stage.id] = taken;
      forecasts.push({ stage: stage.id, uses: stage.uses, verdict: "kept", reasons: [taken.reason ?? ""] });
      continue;
    }
    const found = await forecastStage(home, { plan, stages, states, unknown }, stage);
    const { result, ...told } = found;
    if (stage.member !== undefined) told.reasons.unshift(combinationText(stage.member.combination));
    if (told.verdict === "will run") unknown.add(stage.member?.of ?? stage.id);
    const status = {
      kept: "cached",
      cached: "cached",
      "will run": "succeeded",
      skipped: "skipped",
      fails: "failed",
    } as const;
    Object.assign(states[stage.id]!, {
      status: status[told.verdict],
      ...(result && { outputs: result.outputs, metrics: result.metrics }),
    });
    forecasts.push(told);
  }
  return forecasts;
}

/** A plan, and what is known so far about its stages. */
interface Forecasting {
  plan: Plan;
  stages: readonly PlannedStage[];
  states: Readonly<Record<string, StageState>>;
  /** Ids, as in the definition, of stages whose outputs are not known. */
  unknown: ReadonlySet<string>;
}

async function forecastStage(
  home: string,
  { plan, stages, states, unknown }: Forecasting,
  stage: PlannedStage,
): Promise<StageForecast & { result?: ResultRecord }> {
  const about = { stage: stage.id, uses: stage.uses };
  const openIf = stage.if === undefined ? [] : stagesIn(expressionReferences(parseCondition(stage.if)), unknown);
  if (openIf.length > 0)
    return { ...about, verdict: "will run", reasons: [`unless its if is false: ${willRun(openIf)}`] };

  const run = { id: "", pipeline: plan.name, seed: plan.seed };
  const context = contextOf(stage, { inputs: plan.inputs, stages: stageFacts(stages, states), run });
  const step = nextSteps(stages, states, context).find((next) => next.stage === stage.id);
  if (step?.act === "skip" || step?.act === "cancel") return { ...about, verdict: "skipped", reasons: [step.reason] };
  if (step?.act === "fail") return { ...about, verdict: "fails", reasons: [String((step.error as Error).message)] };

  const openInputs = stagesIn(references(stage.with), unknown);
  if (openInputs.length > 0) return { ...about, verdict: "will run", reasons: [willRun(openInputs)] };
  try {
    const settings = evaluateTemplate(stage.with, context) as JsonObject;
    return { ...about, ...(await lookUp(home, plan, stage, settings)) };
  } catch (error) {
    return { ...about, verdict: "fails", reasons: [(error as Error).message] };
  }
}

type LookUp = Pick<StageForecast, "verdict" | "reasons" | "key"> & { result?: ResultRecord };

async function lookUp(home: string, plan: Plan, stage: PlannedStage, settings: JsonObject): Promise<LookUp> {
  const checked = checkWith(stage.uses, settings, `stages.${stage.id} (${stage.uses})`);
  const place = { home, gpu: stage.resources.gpu > 0, workingDirectory: process.cwd() };
  const identity = await stageIdentity({ uses: stage.uses, with: checked, seed: plan.seed }, place);
  const key = stageKey(identity);
  const maxAgeMs = typeof stage.cache === "number" ? stage.cache : undefined;
  const mayBeCached = stage.cache !== false && !stageDefinitions[stage.uses].writesOutsideStore;
  const result = mayBeCached ? await findResult(home, key, maxAgeMs) : undefined;
  if (result) {
    const { runId, endedAt } = result.lineage;
    return { verdict: "cached", reasons: [`result of ${runId}, ${ago(new Date(endedAt), new Date())}`], key, result };
  }
  const reasons = await whyNotCached(home, plan, stage, identity);
  const [step] = await checkpointSteps(home, key);
  if (step !== undefined) reasons.push(`it resumes from its checkpoint at step ${step}`);
  return { verdict: "will run", reasons, key };
}

async function whyNotCached(home: string, plan: Plan, stage: PlannedStage, now: StageIdentity): Promise<string[]> {
  if (stage.cache === false) return ["cache: false"];
  if (stageDefinitions[stage.uses].writesOutsideStore) return ["it writes outside the store: every run does it again"];
  const latest = await findLatest(home, plan.name, stage.id);
  const missing = missingSources(now);
  if (latest === undefined) return ["it has not succeeded before", ...(missing === undefined ? [] : [missing])];
  const changes = explainChange(latest, now);
  if (changes.length > 0) return changes;
  const tooOld = (await findResult(home, stageKey(now))) !== undefined;
  return [tooOld ? "its result is older than cache.ttl" : "its result is no longer in the store"];
}

function stagesIn(found: readonly { kind: string; stage?: string }[], unknown: ReadonlySet<string>): string[] {
  return [...new Set(found.flatMap(({ stage }) => (stage !== undefined && unknown.has(stage) ? [stage] : [])))];
}

function willRun(stages: string[]): string {
  return `${stages.join(", ")} will run`;
}
