import { runAddress, type Server } from "../api/servers/server.js";
import type { Terminal } from "./terminal.js";

/** Prints that a run has started, and where to see it. */
export function announce(server: Server, runId: string, what: "started" | "resumed", terminal: Terminal): void {
  const ui = runAddress(server, runId);
  if (terminal.json) return terminal.out(JSON.stringify({ event: what, run: runId, address: server.address, ui }));
  const { bold, cyan } = terminal.colors;
  const where = ui === undefined ? `on ${server.address}` : cyan(ui);
  terminal.out(`${what} ${bold(runId)}  ${where}`);
}
