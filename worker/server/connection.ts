import type { Client, ConnectionOptions } from "@temporalio/client";
import type { NativeConnection } from "@temporalio/worker";
import { PawlError } from "../../platform/errors.js";
import { endOnClosedChannel } from "../supervision/closed-channel.js";
import { resendUpdates } from "../bookkeeping/resend-updates.js";
import { usualPort, whyUnreachable } from "./why-unreachable.js";

/** Which server and namespace: from `TEMPORAL_ADDRESS` and related variables, or from the `temporal` CLI's own profile file. */
export interface ServerAddress {
  address: string;
  namespace: string;
}

/** The address that the environment or a Temporal profile names; undefined if they name none. @throws PawlError SETUP_FAILED */
export async function configuredAddress(): Promise<string | undefined> {
  return (await loadOptions()).connectionOptions.address;
}

/** Where a server is expected that nothing names. */
const localServer = `localhost:${usualPort}`;

/** The server that this environment names; `localhost:7233` and `default` if it names none. */
export async function serverAddress(): Promise<ServerAddress> {
  const { connectionOptions, namespace } = await loadOptions();
  return { address: connectionOptions.address ?? localServer, namespace: namespace ?? "default" };
}

/** How long to wait for a server that is known to run, ms: on a busy machine it may take this long to answer. */
const busyMs = 90_000;

/**
 * A client of a server of Pawl's own that is known to run.
 * @throws PawlError SERVER_UNREACHABLE if it does not answer for 90 s
 */
export function connectToRunning(server: ServerAddress): Promise<Client> {
  return connectClient(server, busyMs);
}

/**
 * A client of the server that this environment names.
 * @param own instead of it: a server of Pawl's own
 * @throws PawlError SERVER_UNREACHABLE after `connectTimeout`, ms
 */
export async function connectClient(own?: ServerAddress, connectTimeout = 5000): Promise<Client> {
  const { connectionOptions, namespace } = own === undefined ? await loadOptions() : ownServer(own);
  const { Client, Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } =
    await import("./temporal-client.js");
  const interceptors = [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), endOnClosedChannel];
  try {
    const options = { ...connectionOptions, connectTimeout, interceptors } as ConnectionOptions;
    const connection = await Connection.connect(options);
    const workflow = [resendUpdates()];
    return new Client({ connection, interceptors: { workflow }, ...(namespace === undefined ? {} : { namespace }) });
  } catch (cause) {
    throw await unreachable(connectionOptions, own !== undefined, cause);
  }
}

const ownServerVariable = "PAWL_PROCESS_SERVER";

/** The variables that tell a worker process to use this server of Pawl's own. */
export function ownServerVariables({ address, namespace }: ServerAddress): Record<string, string> {
  return { [ownServerVariable]: JSON.stringify({ address, namespace }) };
}

/**
 * A worker's connection to the server of Pawl's own that started it, else to the server that this environment names.
 * @throws PawlError SERVER_UNREACHABLE
 */
export async function connectWorker(): Promise<{ connection: NativeConnection; namespace: string }> {
  const told = process.env[ownServerVariable];
  const own = told === undefined ? undefined : (JSON.parse(told) as ServerAddress);
  const { connectionOptions, namespace } = own === undefined ? await loadOptions() : ownServer(own);
  const { NativeConnection } = await import("@temporalio/worker");
  try {
    return { connection: await NativeConnection.connect(connectionOptions), namespace: namespace ?? "default" };
  } catch (cause) {
    throw await unreachable(connectionOptions, own !== undefined, cause);
  }
}

/** The namespace, key and certificates of the environment are those of another server than Pawl's own. */
const ownServer = ({ address, namespace }: ServerAddress): Awaited<ReturnType<typeof loadOptions>> => ({
  connectionOptions: { address },
  namespace,
});

/** @throws PawlError SETUP_FAILED for a profile that does not exist, a file that cannot be read */
async function loadOptions() {
  const { loadClientConnectConfig } = await import("@temporalio/envconfig");
  try {
    return loadClientConnectConfig();
  } catch (cause) {
    const { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: profile } = process.env;
    const variables = profile ? `TEMPORAL_PROFILE=${profile}` : "the variables TEMPORAL_*";
    throw new PawlError(
      "SETUP_FAILED",
      `the configuration of the Temporal connection is invalid: ${(cause as Error).message.trim()}`,
      {
        where: file || "temporal.toml, the configuration file of the Temporal CLI",
        next: `fix ${variables} or that file (\`temporal config list\` shows it)`,
      },
      { cause },
    );
  }
}

async function unreachable(
  { address, tls, apiKey }: ConnectionOptions,
  isOwn: boolean,
  cause: unknown,
): Promise<PawlError> {
  const refusal = cause instanceof Error ? cause.message.split("\n")[0]! : String(cause);
  const isTls = tls === undefined ? !!apiKey : !!tls;
  const { where, got, next } = await whyUnreachable(address ?? localServer, isTls, refusal);
  const advice =
    isOwn || address === undefined ? "start one with `pawl up`, or set TEMPORAL_ADDRESS to its address" : next;
  const facts = { where, got, next: advice };
  return new PawlError("SERVER_UNREACHABLE", "no Temporal server answers", facts, { cause });
}
