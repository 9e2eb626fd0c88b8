import { ApplicationFailure } from "@temporalio/common";
import { diskFullError, isDiskFull } from "../../platform/disk-full.js";
import { cutFailure, errorCodes, PawlError, type ErrorFacts } from "../../platform/errors.js";
import { redact } from "../../platform/text/redact.js";
import type { StageFailure } from "../../schemas/run.js";
import { homeDirectory } from "../../store/home.js";
import type { Progress } from "../../schemas/stage-result.js";

const memoryMessages = /out of memory|OOM when allocating|RESOURCE_EXHAUSTED|array buffer allocation failed/i;

/** System errors that may be transient: of disks and networks, and of limited resources. */
const passing = new Set(["EIO", "ESTALE", "EBUSY", "ETIMEDOUT", "ECONNRESET", "EPIPE"]);
const scarce = new Set(["EMFILE", "ENFILE", "EAGAIN", "ENOMEM", "ERR_WORKER_INIT_FAILED"]);

/**
 * Turns any error into one with a code: recognizes a full disk, exhausted memory and transient
 * errors; all others are INTERNAL.
 */
export function asPawlError(error: unknown): PawlError {
  if (error instanceof PawlError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = (error as { code?: unknown } | null)?.code;
  if (isDiskFull(error)) return diskFullError(error, [homeDirectory(), process.cwd()]);
  if (scarce.has(String(code)))
    return new PawlError(
      "RESOURCES_EXHAUSTED",
      message,
      { next: "run fewer processes at the same time on this machine; the stage is retried" },
      { cause: error },
    );
  if (memoryMessages.test(message))
    return new PawlError("OUT_OF_MEMORY", message, { next: "lower batchSize or the model's size" }, { cause: error });
  if (passing.has(String(code)))
    return new PawlError(
      "STORE_UNREADABLE",
      message,
      { next: "see `pawl logs`; the stage is retried" },
      { cause: error },
    );
  return new PawlError("INTERNAL", message, { next: "see `pawl logs`, which has the stack" }, { cause: error });
}

/** An error as workflow history keeps it: without secrets, and with all texts cut. */
export function asStageFailure({ code, message, facts }: PawlError): StageFailure {
  const redacted = Object.entries(facts).map(([name, fact]) => [name, redact(String(fact))]);
  const clean = { message: redact(message), facts: Object.fromEntries(redacted) as ErrorFacts };
  return cutFailure({ code, class: errorCodes[code], ...clean });
}

/** What a failure says beside the error; see AttemptFailure. */
export interface FailureDetails {
  reached?: Progress | undefined;
  workMs?: number | undefined;
  diskWaitMs?: number | undefined;
}

/**
 * A failure in Temporal's form. The server makes one attempt; the workflow decides about the next
 * one.
 */
export function asApplicationFailure(
  error: PawlError,
  { reached, workMs, diskWaitMs }: FailureDetails = {},
): ApplicationFailure {
  const failure = asStageFailure(error);
  return ApplicationFailure.create({
    message: failure.message,
    type: failure.code,
    nonRetryable: failure.class !== "io" && failure.class !== "diskFull",
    details: [failure, reached ?? null, ...ofTimes(workMs, diskWaitMs)],
  });
}

/** Nothing behind the last known one: histories that were recorded have the shorter form. */
function ofTimes(workMs: number | undefined, diskWaitMs: number | undefined): (number | null)[] {
  if (diskWaitMs !== undefined) return [workMs ?? null, diskWaitMs];
  return workMs === undefined ? [] : [workMs];
}
