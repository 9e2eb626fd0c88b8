import { postAddress, type AddressRequest } from "../../activities/dataset/sources/fetch-address.js";
import { withSecrets } from "../../activities/command/secrets.js";
import { evaluateTemplate, evaluateWithSecrets } from "../../expressions/evaluate.js";
import { PawlError } from "../../platform/errors.js";
import type { Json } from "../../platform/json.js";
import type { Delivery, RunEvent, Undelivered, Webhook } from "../../schemas/notifications.js";
import type { Plan } from "../../schemas/plan.js";
import { appendLog, notifyLog } from "../../store/history/log.js";
import { findPlan } from "../../store/records/runs.js";
import { isGrantedPlan } from "../authority/plans.js";
import { ownStore } from "./own-store.js";
import { runAddress, uiVariable } from "../server/ui-address.js";

/** Timeout for a webhook's response, ms. */
const patienceMs = 10_000;

/**
 * Sends a notification to a webhook of a run's plan, as the store has it. Messages never hold the
 * address: it may be a secret.
 * @param namespace of the run
 * @throws PawlError NOTIFICATION_FAILED (may pass), NOTIFICATION_REFUSED; SECRET_MISSING;
 *   CODE_NOT_ALLOWED if the address holds a secret and the run has no grant; BAD_EXPRESSION;
 *   OTHER_STORE
 */
export async function deliver(home: string, namespace: string, delivery: Delivery): Promise<void> {
  const { runId, webhook: index, event, key, store } = delivery;
  await ownStore(home, store);
  const plan = await findPlan(home, runId);
  const webhook = plan?.notify?.[index];
  const where = `notify[${index}]`;
  if (plan === undefined || webhook === undefined)
    throw refused(where, "the run's plan has no such webhook", { next: "start the run again" });
  const to = await webhookAddress(home, plan, webhook, { runId, where });
  const ui = process.env[uiVariable];
  const address = ui ? runAddress(ui, namespace, runId) : null;
  const { type, body } = webhookBody(plan, webhook, { runId, event, address });
  const headers = {
    "content-type": type,
    "content-length": String(Buffer.byteLength(body)),
    "user-agent": "pawl",
    "idempotency-key": key,
  };
  await post({ ...to, headers, body }, where);
}

/** Records in the run's log that a notification could not be delivered. */
export async function recordUndelivered(home: string, undelivered: Undelivered): Promise<void> {
  const { runId, webhook, event, key, store, code, reason } = undelivered;
  await ownStore(home, store);
  const of = [event.status, ...(event.stage === undefined ? [] : [`stages.${event.stage}`])].join(", ");
  const message = `notify[${webhook}] was not notified (${of}): ${code}: ${reason}`;
  appendLog(home, runId, { time: new Date().toISOString(), stage: notifyLog, attempt: 0, message, data: { key } });
}

/** The webhook's address, with secrets. */
async function webhookAddress(
  home: string,
  plan: Plan,
  { url: template }: Webhook,
  { runId, where }: { runId: string; where: string },
): Promise<Pick<AddressRequest, "url" | "operatorsHost">> {
  const { inputs, name: pipeline, seed } = plan;
  const run = { id: runId, pipeline, seed };
  const { value: text, secrets } = evaluateWithSecrets(template, { inputs, stages: {}, run });
  if (typeof text !== "string")
    throw refused(where, "the webhook's address is not text", { next: "correct the input" });
  if (secrets.length > 0 && !isGrantedPlan(home, runId, plan))
    throw new PawlError("CODE_NOT_ALLOWED", "this run may not use secrets", {
      where,
      next: "start the run with `pawl run`, or by naming a pipeline of the project",
    });
  const url = await withSecrets(text, secrets, `${where}.url`);
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol))
    // Who sets a secret for the workers knows their network.
    return { url, ...(secrets.length > 0 && { operatorsHost: new URL(url).hostname }) };
  throw refused(where, "the webhook's address is not an http or https address", {
    next: "correct the secret or input",
  });
}

/** Builds the body of the request. */
function webhookBody(
  { inputs, name: pipeline, seed }: Plan,
  { body: template }: Webhook,
  { runId: id, event, address }: { runId: string; event: RunEvent; address: string | null },
): { type: string; body: string } {
  const { status, stage = null, code = null, message = null } = event;
  const run = { id, pipeline, seed, status, stage, code, message, address };
  const value: Json =
    template === undefined
      ? { text: [describe(id, pipeline, event), ...(address === null ? [] : [address])].join("\n") }
      : evaluateTemplate(template, { inputs, stages: {}, run });
  return typeof value === "string"
    ? { type: "text/plain; charset=utf-8", body: value }
    : { type: "application/json", body: JSON.stringify(value) };
}

/** The default text. */
function describe(runId: string, pipeline: string, { status, stage, code, message }: RunEvent): string {
  const how = {
    failed: "failed",
    parked: "is parked",
    waiting: "waits",
    succeeded: "succeeded",
    cancelled: "was canceled",
  };
  const facts = [stage && `stages.${stage}`, code, message].filter(Boolean);
  return [`run ${runId} of ${pipeline} ${how[status]}`, ...facts].join(": ");
}

async function post(request: Omit<AddressRequest, "signal"> & { body: string }, where: string): Promise<void> {
  const answer = await postAddress({ ...request, signal: AbortSignal.timeout(patienceMs) }).catch((error: unknown) => {
    if (error instanceof PawlError) throw refused(where, error.message, { next: "name an address of another machine" });
    throw failed(where, `the server cannot be reached (${failureReason(error)})`);
  });
  answer.destroy();
  const { statusCode = 0 } = answer;
  if (statusCode >= 200 && statusCode < 300) return;
  const got = `HTTP status ${statusCode}`;
  if (statusCode >= 500 || statusCode === 408 || statusCode === 429)
    throw failed(where, `the server answered with ${got}`);
  throw refused(where, `the server refused it with ${got}`, { next: "correct `url` or `body`" });
}

function failureReason(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: string };
  if (name === "AbortError" || name === "TimeoutError") return `no answer in ${patienceMs / 1000} s`;
  return typeof code === "string" ? code : "no connection";
}

function failed(where: string, message: string): PawlError {
  return new PawlError("NOTIFICATION_FAILED", message, {
    where,
    next: "nothing, if a later attempt arrives; else check the server",
  });
}

function refused(where: string, message: string, { next }: { next: string }): PawlError {
  return new PawlError("NOTIFICATION_REFUSED", message, { where, next });
}
