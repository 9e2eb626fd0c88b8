import type { Client } from "@temporalio/client";
import { configuredAddress, connectClient, connectToRunning } from "../../worker/server/connection.js";
import { runAddress as addressInUi, uiVariable } from "../../worker/server/ui-address.js";
import { runningServer, type UpRecord } from "./up-record.js";

/** A connection to a Temporal server that runs pipelines. */
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

/**
 * Connects to the configured server, else to the embedded one of this home directory; undefined if
 * none runs.
 */
export async function connectIfUp(home: string): Promise<Server | undefined> {
  const address = await configuredAddress();
  if (address !== undefined) return connectConfigured(address);
  const record = await runningServer(home);
  return record === undefined ? undefined : connectEmbedded(record);
}

/** Connects to the server that this environment names. */
export async function connectConfigured(address: string): Promise<Server> {
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

/** Connects to an embedded server that runs. */
export async function connectEmbedded(record: UpRecord): Promise<Server> {
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
