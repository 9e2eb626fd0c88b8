import { PawlError } from "../../platform/errors.js";
import { homeDirectory } from "../../store/index.js";
import { connectIfUp, runAddress, type Server } from "../connect.js";
import { runNotFound } from "../find-run.js";
import { asServerError } from "../grpc.js";
import { readRun } from "../read-run.js";
import { notDeliveredOf } from "../not-delivered.js";
import { recordedView } from "../recorded-run.js";
import { endText } from "../render/end.js";
import { runLines } from "../render/run-lines.js";
import { hasEnded, type RunView } from "../run-view.js";
import { samplesOf } from "../samples.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

/** `pawl status RUN`: the state of a run, from the server if it is up and knows the run, else from the store's record. */
export const status: Verb = (command, terminal) => {
  command.argument("<run>").action(async (runId: string) => {
    const home = homeDirectory();
    const server = await connectIfUp(home);
    if (server === undefined) {
      const view = await recordedView(home, runId, "the server is not up (pawl up): this is the last record");
      if (view === undefined) throw runNotFound(runId, []);
      return show(home, view, undefined, terminal);
    }
    try {
      await tell(server, home, runId, terminal);
    } catch (error) {
      throw asServerError(error, server);
    } finally {
      await server.close();
    }
  });
};

async function tell(server: Server, home: string, runId: string, terminal: Terminal): Promise<void> {
  try {
    await show(home, await readRun(server.client, home, runId), server, terminal);
  } catch (error) {
    if (!(error instanceof PawlError) || error.code !== "RUN_NOT_FOUND") throw error;
    const note = "the server does not know this run (anymore): this is the last record";
    const view = await recordedView(home, runId, note);
    if (view === undefined) throw error;
    await show(home, view, undefined, terminal);
  }
}

/** Every stage of a run that has not ended, whatever the terminal's height. */
function statusLines(view: RunView, terminal: Terminal): string[] {
  const columns = terminal.interactive ? terminal.columns() : Infinity;
  return runLines(view, { columns, colors: terminal.colors, nowMs: Date.now() });
}

/** Prints the status of a run. @param server the run's server; undefined: the view is the store's record */
export async function show(home: string, view: RunView, server: Server | undefined, terminal: Terminal): Promise<void> {
  const { runId: run, state, progress, failure, note } = view;
  const notDelivered = await notDeliveredOf(home, run);
  const told = { progress, failure, note, ...(notDelivered.length > 0 && { notDelivered }) };
  if (terminal.json) return terminal.out(JSON.stringify({ run, ...state, plan: undefined, ...told }));
  if (hasEnded(view)) {
    terminal.out(endText(view, await samplesOf(home, view.state.stages), terminal));
    if (note !== undefined) terminal.note(terminal.colors.dim(note));
  } else terminal.out(statusLines(view, terminal).join("\n"));
  for (const line of notDelivered) terminal.note(terminal.colors.yellow(line));
  const address = server && runAddress(server, view.runId);
  if (address !== undefined) terminal.out(`  see   ${terminal.colors.cyan(address)}`);
}
