import { runFactNames } from "../../expressions/evaluate.js";
import { isObject, type Json } from "../../platform/json.js";
import { durationMs } from "../../schemas/duration.js";
import { runEventNames, type Webhook } from "../../schemas/notifications.js";
import type { PipelineDefinition } from "../../schemas/pipeline.js";
import { secretMarker } from "../../schemas/secrets.js";
import { DEFAULTS } from "./defaults.js";
import { formatValue, type Problem } from "../problem.js";
import type { Names } from "../references/references.js";
import type { Path } from "../schema/schema.js";
import type { StandIn } from "../references/stand-in.js";

/** An entry of `notify` as a run keeps it. */
export function plannedWebhook({ url, on, body, retry }: NonNullable<PipelineDefinition["notify"]>[number]): Webhook {
  const { maxAttempts, interval, factor, maxInterval } = { ...DEFAULTS.notify.retry, ...retry };
  return {
    url,
    on,
    ...(body !== undefined && { body }),
    retry: { maxAttempts, intervalMs: durationMs(interval), factor, maxIntervalMs: durationMs(maxInterval) },
  };
}

/**
 * Entries of `notify` with the values of their settings, but with `url` and `body` as written: they
 * are evaluated later.
 */
export function asPlanned(written: readonly Json[], resolved: readonly Json[]): Json[] {
  return resolved.map((entry, i) => {
    const before = written[i];
    if (!isObject(entry) || !isObject(before)) return entry;
    const { url, body } = before;
    return { ...entry, ...(url !== undefined && { url }), ...(body !== undefined && { body }) };
  });
}

/**
 * What expressions can name after `run.` at a path of the definition: in `body`, also what has
 * happened.
 */
export function namesInWebhook([root, , key]: Path): Pick<Names, "run"> {
  return root === "notify" && key === "body" ? { run: [...runFactNames, ...runEventNames] } : {};
}

/** Finds invalid webhook addresses, as far as they are known before the run. */
export function webhookProblems(webhooks: readonly Json[], standIns: readonly StandIn[]): Problem[] {
  return webhooks.flatMap((webhook, i): Problem[] => {
    const path = ["notify", i, "url"];
    const url = isObject(webhook) ? webhook["url"] : undefined;
    const standIn = standIns.find(({ path: at }) => at.join("/") === path.join("/"));
    const isUnknown = standIn !== undefined && standIn.kind !== "known";
    if (typeof url !== "string" || isUnknown || isWebhook(url, standIn?.secrets ?? [])) return [];
    return [
      {
        code: "NOT_ALLOWED",
        path,
        message: `must be an http or https address without a password, got ${formatValue(url)}`,
        expected: "https://HOST/PATH",
        got: url,
        next: "write the whole address, or keep it as a secret: ${{ secrets.NAME }}",
      },
    ];
  });
}

/** Whether a webhook can have this address. Secrets in it are not known yet. */
function isWebhook(url: string, secrets: NonNullable<StandIn["secrets"]>): boolean {
  const [first] = secrets;
  if (first !== undefined && url === secretMarker(first.name)) return true;
  const known = secrets.reduceRight(
    (text, { offset, name }) => `${text.slice(0, offset)}secret${text.slice(offset + secretMarker(name).length)}`,
    url,
  );
  if (!URL.canParse(known)) return false;
  const { protocol, username, password } = new URL(known);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
