import { runAddress, type Server } from "../api/servers/server.js";
import type { Terminal } from "./terminal.js";

/** Prints that a run has started, and where to see it. */
export function announce(server: Server, runId: string, event: "started" | "resumed", terminal: Terminal): void {
  const ui = runAddress(server, runId);
  if (terminal.json) return terminal.out(JSON.stringify({ event: event, run: runId, address: server.address, ui }));
  const { bold, cyan } = terminal.colors;
  const where = ui === undefined ? `on ${server.address}` : cyan(ui);
  terminal.out(`${event} ${bold(runId)}  ${where}`);
}
