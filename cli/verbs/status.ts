import { homeDirectory } from "../../store/home.js";
import { readUndelivered, undeliveredText } from "../../store/records/tracking.js";
import { connectIfUp, runAddress, type Server } from "../../api/servers/server.js";
import { asServerError } from "../../api/servers/grpc.js";
import { undeliveredNotifications } from "../not-delivered.js";
import { findRun } from "../../api/reading/known-run.js";
import { endText } from "../render/end.js";
import { runLines } from "../render/run-lines.js";
import { hasEnded, type RunView } from "../../api/reading/run-view.js";
import { readRunSamples } from "../../report/run/samples.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

/**
 * `pawl status RUN`: the state of a run, from the server if it is up and knows the run, else from
 * the store's record.
 */
export const status: Verb = (command, terminal) => {
  command.argument("<run>").action(async (runId: string) => {
    const home = homeDirectory();
    const server = await connectIfUp(home);
    try {
      const { view, isOnServer } = await findRun(server, home, runId, true);
      await show(home, view, isOnServer ? server : undefined, terminal);
    } catch (error) {
      throw server === undefined ? error : asServerError(error, server);
    } finally {
      await server?.close();
    }
  });
};

/** Every stage of a run that has not ended, whatever the terminal's height. */
function statusLines(view: RunView, terminal: Terminal): string[] {
  const columns = terminal.interactive ? terminal.columns() : Infinity;
  return runLines(view, { columns, colors: terminal.colors, nowMs: Date.now() });
}

/**
 * Prints the status of a run.
 * @param server the run's server; undefined: the view is the store's record
 */
export async function show(home: string, view: RunView, server: Server | undefined, terminal: Terminal): Promise<void> {
  const { runId: run, state, progress, failure, note, asOf } = view;
  const notDelivered = await undeliveredNotifications(home, run);
  const trackers = await readUndelivered(home, run);
  const details = {
    ...{ progress, failure, note, asOf },
    ...(notDelivered.length > 0 && { notDelivered }),
    ...(trackers.length > 0 && { trackers }),
  };
  if (terminal.json) return terminal.out(JSON.stringify({ run, ...state, plan: undefined, ...details }));
  if (hasEnded(view)) {
    terminal.out(endText(view, await readRunSamples(home, view.state.stages), terminal));
    if (note !== undefined) terminal.note(terminal.colors.dim(note));
  } else terminal.out(statusLines(view, terminal).join("\n"));
  for (const line of [...notDelivered, ...trackers.map(undeliveredText)]) terminal.note(terminal.colors.yellow(line));
  const address = server && runAddress(server, view.runId);
  if (address !== undefined) terminal.out(`  see   ${terminal.colors.cyan(address)}`);
}
