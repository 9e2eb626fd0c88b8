import { checkWith } from "../compiler/check-with.js";
import { evaluateTemplate, expressionReferences, parseCondition, references } from "../expressions/index.js";
import type { JsonObject } from "../schemas/json.js";
import type { Plan, PlannedStage } from "../schemas/plan.js";
import type { StageState } from "../schemas/run.js";
import { explainChange, findLatest, findResult, stageKey, type ResultRecord } from "../store/index.js";
import { stageIdentity } from "../worker/identity.js";
import { nextSteps } from "../workflows/schedule.js";

/** What would become of a stage if its pipeline were run now. */
export interface StageForecast {
  stage: string;
  uses: string;
  verdict: "cached" | "will run" | "skipped" | "fails";
  /** Why; for a cached stage, which run left the result. */
  reasons: string[];
  /** Absent where it depends on what another stage will leave. */
  key?: string;
}

/**
 * Goes through a plan as the interpreter would, with the store's results for what is cached. A stage that will run is
 * taken to succeed; what depends on its outputs has to run as well.
 */
export async function forecast(home: string, plan: Plan): Promise<StageForecast[]> {
  const states: Record<string, StageState> = {};
  for (const { id, uses } of plan.stages)
    states[id] = { id, uses, status: "waiting", attempts: 0, outputs: {}, metrics: {} };
  const unknown = new Set<string>();
  const forecasts: StageForecast[] = [];
  for (const stage of plan.stages) {
    const found = await forecastStage(home, plan, stage, states, unknown);
    const { result, ...told } = found;
    if (told.verdict === "will run") unknown.add(stage.id);
    const status = { cached: "cached", "will run": "succeeded", skipped: "skipped", fails: "failed" } as const;
    Object.assign(states[stage.id]!, {
      status: status[told.verdict],
      ...(result && { outputs: result.outputs, metrics: result.metrics }),
    });
    forecasts.push(told);
  }
  return forecasts;
}

async function forecastStage(
  home: string,
  plan: Plan,
  stage: PlannedStage,
  states: Record<string, StageState>,
  unknown: ReadonlySet<string>,
): Promise<StageForecast & { result?: ResultRecord }> {
  const about = { stage: stage.id, uses: stage.uses };
  const openIf = stage.if === undefined ? [] : stagesIn(expressionReferences(parseCondition(stage.if)), unknown);
  if (openIf.length > 0)
    return { ...about, verdict: "will run", reasons: [`unless its if is false: ${willRun(openIf)}`] };

  const context = { inputs: plan.inputs, stages: states, run: { id: "", pipeline: plan.name, seed: plan.seed } };
  const step = nextSteps(plan.stages, states, context).find((next) => next.stage === stage.id);
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
  const checked = checkWith(stage.uses, settings, `stages.${stage.id} (${stage.uses})`) as JsonObject;
  const identity = stageIdentity(
    { uses: stage.uses, with: checked, seed: plan.seed },
    { gpu: stage.resources.gpu > 0 },
  );
  const key = stageKey(identity);
  if (stage.cache === false) return { verdict: "will run", reasons: ["cache: false"], key };
  const result = await findResult(home, key, stage.cache === true ? undefined : stage.cache);
  if (result)
    return {
      verdict: "cached",
      reasons: [`result of ${result.lineage.runId}, ${result.lineage.endedAt}`],
      key,
      result,
    };
  const latest = await findLatest(home, plan.name, stage.id);
  if (latest === undefined) return { verdict: "will run", reasons: ["it has not succeeded before"], key };
  const changes = explainChange(latest, identity);
  if (changes.length > 0) return { verdict: "will run", reasons: changes, key };
  const old = stage.cache !== true && (await findResult(home, key)) !== undefined;
  return {
    verdict: "will run",
    reasons: [old ? "its result is older than cache.ttl" : "its result is no longer in the store"],
    key,
  };
}

function stagesIn(found: readonly { kind: string; stage?: string }[], unknown: ReadonlySet<string>): string[] {
  return [...new Set(found.flatMap(({ stage }) => (stage !== undefined && unknown.has(stage) ? [stage] : [])))];
}

function willRun(stages: string[]): string {
  return `${stages.join(", ")} will run`;
}
