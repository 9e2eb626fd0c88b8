import { createHmac, timingSafeEqual } from "node:crypto";
import { sha256 } from "../platform/digests.js";
import type { Plan, RunGrant } from "../schemas/plan.js";
import type { JsonObject } from "../platform/json.js";
import type { ParkedStageAction, RunRequest } from "../schemas/run.js";
import { isRunOfSchedule } from "../schemas/schedules.js";
import { canonicalJson } from "../platform/canonical-json.js";
import { homeKey } from "../store/home-key.js";

/**
 * Who may run code, and on which project directory, is decided here, once for a run and by the key of PAWL_HOME: `pawl run`
 * signs its request; the run's first step checks the signature and grants the plan; `prepare` and the worker processes
 * check the grant. `pawl retry` signs its changes; `checkChanges` checks and grants them, and a resumed run keeps its
 * rights only with granted changes. The key itself is in no history.
 */

/** The variable with which an operator lets definitions from elsewhere run code of the code roots. */
export const allowInlineCode = "PAWL_ALLOW_INLINE_CODE";

/**
 * Signs the request of a schedule with the key of PAWL_HOME. The ids of its runs are not known yet: the signature is valid for
 * every run that a schedule of this name starts.
 */
export function signSchedule(home: string, schedule: string, request: RunRequest): RunRequest {
  const content = { ...request, schedule };
  return { ...content, signature: signatureOf(home, "schedule", schedule, unsigned(content)) };
}

/** Signs a run's request with the key of PAWL_HOME. */
export function signRequest(home: string, runId: string, request: RunRequest): RunRequest {
  return { ...request, signature: signatureOf(home, "request", runId, unsigned(request)) };
}

/** Whether a request has a valid signature for this run. */
export function isSigned(home: string, runId: string, request: RunRequest): boolean {
  const { schedule } = request;
  if (schedule === undefined) return matches(signatureOf(home, "request", runId, unsigned(request)), request.signature);
  const { signature } = signSchedule(home, schedule, request);
  return isRunOfSchedule(schedule, runId) && matches(signature!, request.signature);
}

/** Grants a plan the use of its project directory, and the right to run code. */
export function grantPlan(home: string, runId: string, plan: Plan): Plan {
  const digest = planDigest(plan);
  return { ...plan, grant: { plan: digest, signature: grantSignature(home, runId, plan.project, digest) } };
}

/** Whether a plan has a valid grant for this run. */
export function isGrantedPlan(home: string, runId: string, plan: Plan): boolean {
  return plan.grant?.plan === planDigest(plan) && isGranted(home, runId, plan.project, plan.grant);
}

/** Whether a run may use a project directory on every worker, and run code. */
export function isGranted(
  home: string,
  runId: string,
  project: string | undefined,
  grant: RunGrant | undefined,
): boolean {
  return grant !== undefined && matches(grantSignature(home, runId, project, grant.plan), grant.signature);
}

/** Signs a change of a parked stage's settings with the key of PAWL_HOME. */
export function signChange(
  home: string,
  runId: string,
  { stage, with: changes }: ParkedStageAction,
): ParkedStageAction {
  const signature = signatureOf(home, "change", runId, { stage, with: changes });
  return { stage, ...(changes && { with: changes }), signature };
}

/** Whether a change has a valid signature for this stage of this run. */
export function isSignedChange(home: string, runId: string, change: ParkedStageAction): boolean {
  return matches(signChange(home, runId, change).signature!, change.signature);
}

/** A signature that later shows that all of a stage's changes were accepted, in this order. */
export function grantChanges(home: string, runId: string, stage: string, changes: readonly JsonObject[]): string {
  return signatureOf(home, "changes", runId, { stage, changes });
}

/** Whether a stage's changes were accepted for this run. */
export function areGranted(
  home: string,
  runId: string,
  stage: string,
  { changes = [], changesGrant }: { changes?: readonly JsonObject[]; changesGrant?: string },
): boolean {
  return changes.length === 0 || matches(grantChanges(home, runId, stage, changes), changesGrant);
}

function grantSignature(home: string, runId: string, project: string | undefined, plan: string): string {
  return signatureOf(home, "grant", runId, { project, plan });
}

/** SHA-256 (hex) of a plan with its grant. */
export function digestOfPlan(plan: Plan): string {
  return sha256(canonicalJson(plan));
}

function planDigest({ grant: _, ...plan }: Plan): string {
  return sha256(canonicalJson(plan));
}

function unsigned({ signature: _, ...request }: RunRequest): RunRequest {
  return request;
}

function signatureOf(
  home: string,
  purpose: "request" | "schedule" | "grant" | "change" | "changes",
  runId: string,
  content: object,
): string {
  return createHmac("sha256", homeKey(home))
    .update(canonicalJson([purpose, runId, content]))
    .digest("hex");
}

function matches(expected: string, given: unknown): boolean {
  if (typeof given !== "string" || given.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}
