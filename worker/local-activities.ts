import { Context } from "@temporalio/activity";
import { PawlError } from "../platform/errors.js";
import type {
  PrepareRequest,
  PrepareResult,
  RunRequest,
  RunState,
  StageOutcome,
  StageRequest,
} from "../schemas/run.js";
import type { Plan } from "../schemas/plan.js";
import { findRecord, saveRecord } from "../store/index.js";
import type { LocalActivities } from "../workflows/activities.js";
import { loadPlan } from "./load-plan.js";
import { prepare } from "./prepare.js";
import { runStage } from "./run-stage.js";
import type { StageTable } from "./slot.js";
import { asApplicationFailure, asPawlError } from "./stage-failure.js";

export interface LocalActivityContext {
  home: string;
  workingFolder: string;
  /** For stages that are brief. */
  stages: StageTable;
  /** Lets the process go; see Slot. */
  leave: () => void;
}

/** What the workflow worker does for workflows outside the sandbox, quickly and in its own process. */
export function localActivities(context: LocalActivityContext): LocalActivities {
  const place = { ...context, gpu: false, preempted: new AbortController().signal };
  return {
    loadPlan: (request: RunRequest): Promise<Plan> => told(() => loadPlan(context, runId(), request)),
    prepare: (request: PrepareRequest): Promise<PrepareResult> => told(() => prepare(context, request)),
    runBrief: (request: StageRequest): Promise<StageOutcome> => runStage(place, request),
    recordEnd: (state: RunState): Promise<void> => told(() => recordEnd(context.home, runId(), state)),
  };
}

function runId(): string {
  const run = Context.current().info.workflowExecution;
  if (!run) throw new PawlError("INTERNAL", "a local activity outside a workflow");
  return run.workflowId;
}

async function recordEnd(home: string, runId: string, state: RunState): Promise<void> {
  const endedAt = new Date().toISOString();
  const startedAt = (await findRecord(home, runId))?.startedAt ?? endedAt;
  await saveRecord(home, { ...state, runId, startedAt, endedAt });
}

/** Errors leave with their code as type and the located facts as details. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asApplicationFailure(asPawlError(error));
  }
}
