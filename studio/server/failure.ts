import { PawlError, type ErrorCode } from "../../platform/errors.js";
import { printable } from "../../platform/text/printable.js";
import { redact, redactAll } from "../../platform/text/redact.js";
import type { Failure } from "../messages.js";

/**
 * Errors that say that something does not exist, and those that a request may not do; all others of
 * Pawl are conflicts.
 */
const statuses: Partial<Record<ErrorCode, 401 | 403 | 404 | 500 | 503>> = {
  RUN_NOT_FOUND: 404,
  PIPELINE_NOT_FOUND: 404,
  ARTIFACT_MISSING: 404,
  UNKNOWN_REFERENCE: 404,
  FILE_NOT_FOUND: 404,
  CODE_NOT_ALLOWED: 403,
  REQUEST_REFUSED: 403,
  NO_SESSION: 401,
  SERVER_UNREACHABLE: 503,
  STORE_UNREADABLE: 503,
  DISK_FULL: 503,
  INTERNAL: 500,
};

/** An error as the page gets it. Errors that are not Pawl's are internal ones. */
export function toFailure(error: unknown): Failure {
  if (error instanceof PawlError)
    return { code: error.code, message: redact(error.message), facts: redactAll(error.facts) as Failure["facts"] };
  const message = printable(error instanceof Error ? error.message : String(error));
  return { code: "INTERNAL", message, facts: { next: "run the command in the terminal with the same arguments" } };
}

/** The status of a response that reports an error. */
export const statusOfFailure = ({ code }: Failure): 401 | 403 | 404 | 409 | 500 | 503 =>
  statuses[code as ErrorCode] ?? 409;
