import { diskFullError, isDiskFull } from "../platform/disk-full.js";
import { PawlError } from "../platform/errors.js";
import { homeDirectory } from "../store/index.js";

/** gRPC: UNAVAILABLE, DEADLINE_EXCEEDED, and CANCELLED by a connection that broke. */
const passing = new Set([14, 4, 1]);

/** Whether a request failed because the server is away, or does not answer in time. */
export function isServerAway(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].some((found) => typeof found === "number" && passing.has(found));
}

/** A failure to reach the server, or of a server whose disk is full, as what it means to the user; anything else comes back unchanged. */
export function asServerError(error: unknown, address: string): unknown {
  // The server's database: it says so in words.
  if (!(error instanceof PawlError) && isDiskFull(error)) return diskFullError(undefined, [homeDirectory()]);
  if (!isServerAway(error)) return error;
  const next = "start it again (`pawl up`): runs go on where they were";
  return new PawlError(
    "SERVER_UNREACHABLE",
    "the Temporal server does not answer",
    { where: address, next },
    { cause: error },
  );
}
