import { conditionSource } from "../expressions/condition.js";
import type { PipelineDefinition, Settings, StageDefinition } from "../schemas/pipeline.js";
import type { JsonObject } from "../platform/json.js";
import { stageDefinitions } from "../schemas/stages/index.js";
import type { ChildPlan, DeclaredStage, PlannedStage } from "../schemas/plan.js";
import { childDigest, type Child, type Children } from "./children.js";
import { DEFAULTS } from "./definition/defaults.js";
import { withVariables } from "./definition/environment.js";
import { durationMs } from "../schemas/duration.js";
import { topologicalOrder, type Edge } from "./references/graph.js";
import { foreachPlan } from "./definition/foreach.js";
import { matrixPlan } from "./definition/matrix.js";

/** The stages of a checked definition, in an order in which each comes after its needs. */
export function planStages(
  definition: PipelineDefinition,
  edges: readonly Edge[],
  { stageLine, children }: { stageLine: (stage: string) => number; children: Children },
): DeclaredStage[] {
  const { stages, defaults = {}, env = {} } = definition;
  return topologicalOrder(Object.keys(stages), edges).map((id) => {
    const needs = edges.filter(({ stage }) => stage === id).map(({ need }) => need);
    const { uses, with: settings = {} } = stages[id]!;
    const stage = { ...stages[id]!, with: withVariables(uses, settings, env) };
    const planned = plannedStage(id, stage, defaults, [...new Set(needs)].sort(), stageLine(id));
    const child = children.get(id);
    return child === undefined ? planned : { ...planned, child: childPlan(child, stage) };
  });
}

function childPlan(child: Child, { timeout }: StageDefinition): ChildPlan {
  const limit = timeout === undefined ? {} : { timeoutMs: durationMs(timeout) };
  return { name: child.name, digest: childDigest(child), ...limit };
}

function plannedStage(
  id: string,
  stage: StageDefinition,
  defaults: Settings,
  needs: string[],
  line: number,
): DeclaredStage {
  const written = stage.if ?? (stage.finally === true ? "always()" : undefined);
  const { ownSettings } = stageDefinitions[stage.uses];
  const condition = written === undefined ? {} : { if: conditionSource(String(written)) };
  return {
    id,
    uses: stage.uses,
    with: stage.with ?? {},
    needs,
    ...condition,
    ...(ownSettings !== undefined && { ownSettings }),
    ...(stage.matrix && { matrix: matrixPlan(stage.matrix as JsonObject) }),
    ...(stage.foreach && { foreach: foreachPlan(stage.foreach) }),
    ...plannedSettings(defaults, stage),
    line,
  };
}

function plannedSettings(
  defaults: Settings,
  stage: StageDefinition,
): Pick<PlannedStage, "retry" | "timeoutMs" | "heartbeatMs" | "checkpoint" | "resources" | "cache" | "onFailure"> {
  const retry = { ...DEFAULTS.retry, ...defaults.retry, ...stage.retry };
  const checkpoint = { ...DEFAULTS.checkpoint, ...defaults.checkpoint, ...stage.checkpoint };
  const cache = stage.cache ?? (stage.finally === true ? false : (defaults.cache ?? DEFAULTS.cache));
  return {
    retry: {
      maxAttempts: retry.maxAttempts,
      intervalMs: durationMs(retry.interval),
      factor: retry.factor,
      maxIntervalMs: durationMs(retry.maxInterval),
      diskWaitMs: durationMs(retry.diskWait),
      on: { ...DEFAULTS.retry.on, ...defaults.retry?.on, ...stage.retry?.on },
    },
    timeoutMs: durationMs(stage.timeout ?? defaults.timeout ?? DEFAULTS.timeout),
    heartbeatMs: durationMs(stage.heartbeat ?? defaults.heartbeat ?? DEFAULTS.heartbeat),
    checkpoint: { everyMs: durationMs(checkpoint.every), keep: checkpoint.keep },
    resources: { ...DEFAULTS.resources, ...defaults.resources, ...stage.resources },
    cache: typeof cache === "boolean" ? cache : durationMs(cache.ttl),
    onFailure: stage.onFailure ?? defaults.onFailure ?? DEFAULTS.onFailure,
  };
}
