import type { Client } from "@temporalio/client";
import { configuredAddress, connectClient, connectToRunning } from "../worker/connection.js";
import { runAddress as addressInUi, uiVariable } from "../worker/ui-address.js";
import { ensureServer, runningServer } from "./embedded/ensure.js";
import { endOlder } from "./embedded/older.js";
import type { UpRecord } from "./embedded/up-record.js";
import { asServerError } from "./grpc.js";
import { setUpOnce } from "./set-up.js";
import type { Terminal } from "./terminal.js";

/** A connection to the Temporal server that this command talks to. */
export interface Server {
  client: Client;
  address: string;
  /** Address of the web UI; absent for a configured server without TEMPORAL_UI_ADDRESS. */
  uiAddress?: string;
  embedded: boolean;
  /** Reconnects and updates the addresses if the embedded server was restarted at other ones. */
  followMove(home: string): Promise<void>;
  close(): Promise<void>;
}

/** Connects to the configured server, else to the embedded one of this home directory; sets up and starts that if none runs. */
export async function connect(home: string, terminal: Terminal): Promise<Server> {
  const address = await configuredAddress();
  if (address !== undefined) return configured(address);
  await setUpOnce(terminal);
  return embedded(await ensureServer(home, () => tellStart(terminal)));
}

/** Printed before the server is up: its start takes seconds. */
export function tellStart(terminal: Terminal): void {
  const text = "starting the embedded Temporal server; it stays up until pawl up --stop";
  if (!terminal.json) terminal.out(terminal.colors.dim(text));
}

/** If the embedded server is used: makes the next `connect` find one of this command's version; see endOlder. */
export async function renewEmbedded(home: string, terminal: Terminal): Promise<void> {
  if ((await configuredAddress()) === undefined) await endOlder(home, terminal);
}

/** Like `connect`, but starts nothing: undefined when no embedded server runs. */
export async function connectIfUp(home: string): Promise<Server | undefined> {
  const address = await configuredAddress();
  if (address !== undefined) return configured(address);
  const record = await runningServer(home);
  return record === undefined ? undefined : embedded(record);
}

async function configured(address: string): Promise<Server> {
  const client = await connectClient();
  const ui = process.env[uiVariable];
  return {
    client,
    address,
    embedded: false,
    followMove: async () => undefined,
    close: () => client.connection.close(),
    ...(ui ? { uiAddress: ui } : {}),
  };
}

async function embedded(record: UpRecord): Promise<Server> {
  const server: Server = {
    client: await connectToRunning(record),
    address: record.address,
    uiAddress: record.uiAddress,
    embedded: true,
    async followMove(home) {
      const now = await runningServer(home);
      if (now === undefined || now.address === server.address) return;
      const { address, uiAddress } = now;
      const client = await connectClient(now);
      await server.client.connection.close();
      Object.assign(server, { client, address, uiAddress });
    },
    close: () => server.client.connection.close(),
  };
  return server;
}

/** The address of a run in the web UI. */
export function runAddress(server: Server, runId: string): string | undefined {
  if (server.uiAddress === undefined) return undefined;
  return addressInUi(server.uiAddress, server.client.options.namespace, runId);
}

/** Runs `act` with a connected server and closes the connection afterwards. */
export async function withServer<T>(home: string, terminal: Terminal, act: (server: Server) => Promise<T>): Promise<T> {
  const server = await connect(home, terminal);
  try {
    return await act(server);
  } catch (error) {
    throw asServerError(error, server);
  } finally {
    await server.close();
  }
}
