import { runAddress, type Server } from "./connect.js";
import type { Terminal } from "./terminal.js";

/** Says that a run has begun, and where it can be seen. */
export function announce(server: Server, runId: string, what: "started" | "resumed", terminal: Terminal): void {
  const ui = runAddress(server, runId);
  if (terminal.json) return terminal.out(JSON.stringify({ event: what, run: runId, address: server.address, ui }));
  const { bold, cyan, dim } = terminal.colors;
  const where = ui === undefined ? `on ${server.address}` : cyan(ui);
  terminal.out(`${what} ${bold(runId)}  ${where}`);
  if (server.started)
    terminal.out(dim("the embedded Temporal server was started for it; it stays up until pawl up --stop"));
}
