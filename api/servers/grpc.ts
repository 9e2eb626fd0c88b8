import { diskFullError, hasNoRoom, isDiskFull } from "../../platform/disk-full.js";
import { PawlError } from "../../platform/errors.js";
import { homeDirectory } from "../../store/home.js";
import type { Server } from "./server.js";

/** gRPC: UNAVAILABLE, DEADLINE_EXCEEDED, and CANCELLED by a connection that broke. */
const passing = new Set([14, 4, 1]);

/**
 * Whether a request failed because the server is unavailable, does not answer in time, or has left
 * its address to another one, which lacks the namespace.
 */
export function isServerAway(error: unknown): boolean {
  if (isNamespaceMissing(error)) return true;
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code].some((found) => typeof found === "number" && passing.has(found));
}

/** gRPC's NOT_FOUND, or the client's own error of that name. */
function isNamespaceMissing(error: unknown): error is Error {
  const { name, code, message } = error as Error & { code?: unknown };
  return name === "NamespaceNotFoundError" || (code === 5 && /namespace .*not found/i.test(message));
}

/** What a message about a server needs to know of it. */
type KnownServer = Pick<Server, "address" | "embedded">;

/**
 * Turns a failure to reach the server, a full disk of the server or a missing namespace into an
 * error for the user; returns anything else unchanged.
 */
export function asServerError(error: unknown, { address, embedded }: KnownServer): unknown {
  // The server's database reports a full disk only in the message.
  if (!(error instanceof PawlError) && isDiskFull(error)) return diskFullError(undefined, [homeDirectory()]);
  if (!embedded && isNamespaceMissing(error))
    return new PawlError(
      "SETUP_FAILED",
      `the Temporal server does not have this namespace: ${error.message}`,
      {
        where: address,
        next: "fix TEMPORAL_NAMESPACE or the profile's namespace, or create it: temporal operator namespace create --namespace NAME",
      },
      { cause: error },
    );
  if (!isServerAway(error)) return error;
  // The embedded server cannot report it if its log is on the same disk.
  if (embedded && hasNoRoom([homeDirectory()])) return diskFullError(undefined, [homeDirectory()]);
  const next = embedded
    ? "start it again (`pawl up`): runs resume where they were"
    : "check that it runs and can be reached at the address in TEMPORAL_ADDRESS or the Temporal profile; runs resume where they were";
  return new PawlError(
    "SERVER_UNREACHABLE",
    "the Temporal server does not answer",
    { where: address, next },
    { cause: error },
  );
}

/** Runs `work`, which uses a server; failures of the server become errors for the user. */
export async function withServerErrors<T>(server: KnownServer, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asServerError(error, server);
  }
}
