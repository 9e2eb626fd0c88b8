import { diskFullError, hasNoRoom, isDiskFull } from "../platform/disk-full.js";
import { PawlError } from "../platform/errors.js";
import { homeDirectory } from "../store/index.js";

/** gRPC: UNAVAILABLE, DEADLINE_EXCEEDED, and CANCELLED by a connection that broke. */
const passing = new Set([14, 4, 1]);

/** Whether a request failed because the server is away, or does not answer in time. */
export function isServerAway(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].some((found) => typeof found === "number" && passing.has(found));
}

/** Whether the environment names a server; `pawl up` would start another one. */
function isConfigured(): boolean {
  return ["TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE"].some((name) => process.env[name]);
}

/** gRPC's NOT_FOUND; an error of the client's own says so by its name. */
function isNamespaceMissing(error: unknown): error is Error {
  const { name, code, message } = error as Error & { code?: unknown };
  return name === "NamespaceNotFoundError" || (code === 5 && /namespace .*not found/i.test(message));
}

/**
 * A failure to reach the server, of a server whose disk is full, or that lacks the namespace, as what it means to the user;
 * anything else comes back unchanged.
 */
export function asServerError(error: unknown, address: string): unknown {
  // The server's database: it says so in words.
  if (!(error instanceof PawlError) && isDiskFull(error)) return diskFullError(undefined, [homeDirectory()]);
  if (isNamespaceMissing(error))
    return new PawlError(
      "SETUP_FAILED",
      `the Temporal server does not have this namespace: ${error.message}`,
      {
        where: address,
        next: "fix TEMPORAL_NAMESPACE or the profile's namespace, or create it: temporal operator namespace create",
      },
      { cause: error },
    );
  if (!isServerAway(error)) return error;
  // The embedded server cannot say so where its log lies on the same disk.
  if (!isConfigured() && hasNoRoom([homeDirectory()])) return diskFullError(undefined, [homeDirectory()]);
  const next = isConfigured()
    ? "check that it runs and can be reached: TEMPORAL_ADDRESS, or the Temporal profile, names it; runs resume where they were"
    : "start it again (`pawl up`): runs resume where they were";
  return new PawlError(
    "SERVER_UNREACHABLE",
    "the Temporal server does not answer",
    { where: address, next },
    { cause: error },
  );
}
