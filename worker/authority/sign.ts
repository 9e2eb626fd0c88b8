import { createHmac, timingSafeEqual } from "node:crypto";
import { canonicalJson } from "../../platform/text/canonical-json.js";
import { homeKey } from "../../store/ownership/home-key.js";

/** What a signature is for: one that was made for another purpose is not valid. */
type Purpose =
  | "request"
  | "schedule"
  | "grant"
  | "change"
  | "changes"
  /** One attempt at a stage. */
  | "ticket"
  /** What a worker returned for a stage. */
  | "receipt"
  /** What a run carries over when it continues as new. */
  | "continuation";

/**
 * HMAC-SHA256 (hex) of a run's content with the key of PAWL_HOME, which never leaves that
 * directory.
 * @param content JSON
 * @throws PawlError STORE_UNREADABLE if the key cannot be read
 */
export function sign(home: string, purpose: Purpose, runId: string, content: unknown): string {
  return createHmac("sha256", homeKey(home))
    .update(canonicalJson([purpose, runId, content]))
    .digest("hex");
}

/** Whether a signature that came from elsewhere is the expected one, in constant time. */
export function matches(expected: string, given: unknown): boolean {
  if (typeof given !== "string" || given.length !== expected.length) return false;
  return timingSafeEqual(Buffer.from(expected), Buffer.from(given));
}

/**
 * A value as JSON carries it: without fields that are undefined, and with null for a number that is
 * not finite.
 */
export function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
