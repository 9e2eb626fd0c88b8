import { CancelledFailure } from "@temporalio/activity";
import type { StageContext } from "../../activities/stage.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import { redact } from "../../platform/text/redact.js";
import type { StageRequest } from "../../schemas/run.js";
import { isBrief, type StageType, type StageWith } from "../../schemas/stages/index.js";
import { trackAttempt } from "../../store/records/tracking.js";
import { hasTrackers } from "./choose.js";
import type { TrackedEnd } from "../../store/records/record-types.js";

/** The longest text of a setting that trackers receive, characters. */
const maxTextLength = 500;

/** An attempt whose curves trackers may receive. */
export interface Tracking {
  ended(status: TrackedEnd["status"], metrics: Record<string, number>): Promise<void>;
  /** A preempted attempt has not ended: the next one continues it. */
  endedBy(error: unknown): Promise<void>;
}

/**
 * Asks the process for trackers to send the curves of an attempt, if the workers' environment
 * chooses trackers and the stage is not brief. If the request cannot be written, the curves are
 * lost but the attempt continues.
 */
export async function requestTracking(
  home: string,
  request: Pick<StageRequest, "runId" | "pipeline" | "stage" | "uses" | "attempt"> & {
    with: StageWith<StageType>;
    key: string;
  },
  log: StageContext["log"],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<Tracking> {
  const { runId, pipeline, stage, uses, attempt, key, with: settings } = request;
  let record: ((end: TrackedEnd) => Promise<void>) | undefined;
  const guarded = (work: () => Promise<void>): Promise<void> =>
    work().catch((error: Error) => log(`trackers do not learn of it: ${error.message}`));
  if (hasTrackers(environment) && !isBrief(uses, settings))
    await guarded(async () => {
      const parameters = Object.fromEntries(
        Object.entries<Json>(settings as JsonObject).map(([name, value]) => [name, settingText(value)]),
      );
      const startedAtMs = Date.now();
      record = await trackAttempt(home, { runId, pipeline, stage, uses, key, attempt, startedAtMs, parameters });
    });
  const ended: Tracking["ended"] = (status, metrics) =>
    guarded(async () => record?.({ status, atMs: Date.now(), metrics }));
  return {
    ended,
    async endedBy(error) {
      if (error instanceof PawlError && error.code === "PREEMPTED") return;
      await ended(error instanceof CancelledFailure ? "cancelled" : "failed", {});
    },
  };
}

/** A setting as people read it: artifacts by the beginning of their digest. */
function settingText(value: Json): string {
  const isArtifact = isObject(value) && typeof value["artifact"] === "string" && typeof value["digest"] === "string";
  const text = isArtifact
    ? `${value["artifact"] as string} ${(value["digest"] as string).slice(0, 12)}`
    : typeof value === "string"
      ? value
      : JSON.stringify(value);
  return redact(text).slice(0, maxTextLength);
}
