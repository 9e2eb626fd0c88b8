import { withServerErrors } from "../api/servers/grpc.js";
import { connectConfigured, connectEmbedded, type Server } from "../api/servers/server.js";
import { configuredAddress } from "../worker/server/connection.js";
import { ensureServer } from "./embedded/ensure.js";
import { endOlder } from "./embedded/older.js";
import { setUpOnce } from "./set-up.js";
import type { Terminal } from "./terminal.js";

/**
 * Connects to the configured server, else to the embedded one of this home directory; sets up and
 * starts that if none runs.
 */
export async function connect(home: string, terminal: Terminal): Promise<Server> {
  const address = await configuredAddress();
  if (address !== undefined) return connectConfigured(address);
  await setUpOnce(terminal);
  return connectEmbedded(await ensureServer(home, () => tellStart(terminal)));
}

/** Printed before the server is up: its start takes seconds. */
export function tellStart(terminal: Terminal): void {
  const text = "starting the embedded Temporal server; it stays up until pawl up --stop";
  if (!terminal.json) terminal.out(terminal.colors.dim(text));
}

/**
 * If the embedded server is used: makes the next `connect` find one of this command's version; see
 * endOlder.
 */
export async function renewEmbedded(home: string, terminal: Terminal): Promise<void> {
  if ((await configuredAddress()) === undefined) await endOlder(home, terminal);
}

/** Runs `act` with a connected server and closes the connection afterwards. */
export async function withServer<T>(home: string, terminal: Terminal, act: (server: Server) => Promise<T>): Promise<T> {
  const server = await connect(home, terminal);
  try {
    return await withServerErrors(server, () => act(server));
  } finally {
    await server.close();
  }
}
