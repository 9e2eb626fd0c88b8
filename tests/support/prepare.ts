import type { JsonObject } from "../../platform/json.js";
import type { PrepareRequest, PrepareResult } from "../../schemas/run.js";
import type { StageType } from "../../schemas/stages/index.js";
import { savePlan } from "../../store/records/runs.js";
import { grantPlan } from "../../worker/authority/plans.js";
import { prepare } from "../../worker/bookkeeping/prepare.js";
import type { WorkerPlace } from "../../worker/project/project-directory.js";
import { planned } from "./planned.js";

/** The execution for which attempts are prepared. */
export const execution = "execution";

/** A stage of a run's plan, and what the run says of it. */
export interface StageOfRun extends Partial<Omit<PrepareRequest, "with">> {
  pipeline?: string;
  uses?: StageType;
  with?: JsonObject;
  /** As the plan has its `with`; default: what it evaluates to. */
  template?: JsonObject;
  inputs?: JsonObject;
  seed?: number;
  gpu?: boolean;
  cache?: boolean | number;
  files?: Record<string, { file: string; text: string }>;
  mayRunCode?: boolean;
}

/**
 * Puts a plan with one stage into the store, as a run's first step does, and prepares the stage.
 */
export async function prepareStage(
  worker: WorkerPlace,
  about: StageOfRun = {},
  signal?: AbortSignal,
): Promise<PrepareResult> {
  const { pipeline = "p", uses = "dataset", seed = 1, gpu = false, cache = true, ...asked } = about;
  const { template, inputs = {}, files, mayRunCode, ...request } = asked;
  const { runId = "run", stage = "a", with: settings = { source: { text: "hello" } } } = request;
  const plan = {
    ...{ name: pipeline, definitionDigest: "0".repeat(64), seed, inputs, outputs: {} },
    stages: [planned(stage, { uses, with: template ?? settings, cache, resources: { gpu: gpu ? 1 : 0 } })],
    ...(files && { files }),
  };
  await savePlan(worker.home, runId, mayRunCode ? grantPlan(worker.home, runId, plan) : plan, "");
  const proposal = { runId, stage, with: settings, states: [], attempt: 1 };
  return prepare(worker, { ...proposal, ...request }, execution, signal);
}
