import { PawlError } from "../schemas/errors.js";
import type { Plan } from "../schemas/plan.js";
import type { RunRequest } from "../schemas/run.js";
import { saveRecord } from "../store/index.js";
import type { LocalActivityContext } from "./local-activities.js";

export async function loadPlan({ home }: LocalActivityContext, runId: string, request: RunRequest): Promise<Plan> {
  const plan = request.plan;
  if (!plan) throw new PawlError("INPUT_INVALID", "no plan");
  await saveRecord(home, {
    runId,
    pipeline: plan.name,
    status: "running",
    plan,
    stages: [],
    outputs: {},
    startedAt: new Date().toISOString(),
  });
  return plan;
}
