import type { Client } from "@temporalio/client";
import { configuredAddress, connectClient, connectToRunning } from "../worker/connection.js";
import { ensureServer, runningServer } from "./embedded/ensure.js";
import { endOlder } from "./embedded/older.js";
import type { UpRecord } from "./embedded/up-record.js";
import { asServerError } from "./grpc.js";
import type { Terminal } from "./terminal.js";

/** A connection to the Temporal server that this command talks to. */
export interface Server {
  client: Client;
  address: string;
  /** Where runs can be seen in a browser; unknown for a server that is not ours. */
  uiAddress?: string;
  embedded: boolean;
  /** This command has just started it. */
  started: boolean;
  /** Connects, and takes on the addresses, where an embedded server was started again on other ones. */
  followMove(home: string): Promise<void>;
  close(): Promise<void>;
}

/** Connects to the configured server, else to the embedded one of this home, which is started where none runs. */
export async function connect(home: string): Promise<Server> {
  const address = await configuredAddress();
  if (address !== undefined) return configured(address);
  const { record, started } = await ensureServer(home);
  return embedded(record, started);
}

/** Where the embedded server is used: makes the next `connect` find one of this command's build; see endOlder. */
export async function renewEmbedded(home: string, terminal: Terminal): Promise<void> {
  if ((await configuredAddress()) === undefined) await endOlder(home, terminal);
}

/** As `connect`, but starts nothing: undefined when no embedded server runs. */
export async function connectIfUp(home: string): Promise<Server | undefined> {
  const address = await configuredAddress();
  if (address !== undefined) return configured(address);
  const record = await runningServer(home);
  return record === undefined ? undefined : embedded(record, false);
}

async function configured(address: string): Promise<Server> {
  const client = await connectClient();
  const ui = process.env["TEMPORAL_UI_ADDRESS"];
  return {
    client,
    address,
    embedded: false,
    started: false,
    followMove: async () => undefined,
    close: () => client.connection.close(),
    ...(ui ? { uiAddress: ui } : {}),
  };
}

async function embedded(record: UpRecord, started: boolean): Promise<Server> {
  const server: Server = {
    client: await connectToRunning(record.address),
    address: record.address,
    uiAddress: record.uiAddress,
    embedded: true,
    started,
    async followMove(home) {
      const now = await runningServer(home);
      if (now === undefined || now.address === server.address) return;
      const { address, uiAddress } = now;
      const client = await connectClient(address);
      await server.client.connection.close();
      Object.assign(server, { client, address, uiAddress });
    },
    close: () => server.client.connection.close(),
  };
  return server;
}

/** Where a run can be seen in the browser. */
export function runAddress(server: Server, runId: string): string | undefined {
  if (server.uiAddress === undefined) return undefined;
  const namespace = encodeURIComponent(server.client.options.namespace);
  return `${server.uiAddress}/namespaces/${namespace}/workflows/${encodeURIComponent(runId)}`;
}

/** Runs an act on a connected server and closes the connection afterwards. */
export async function withServer<T>(home: string, act: (server: Server) => Promise<T>): Promise<T> {
  const server = await connect(home);
  try {
    return await act(server);
  } catch (error) {
    throw asServerError(error, server.address);
  } finally {
    await server.close();
  }
}
