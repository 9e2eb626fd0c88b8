import { findRecord, homeFolder, type RunRecord } from "../../store/index.js";
import { connectIfUp, runAddress, type Server } from "../connect.js";
import { runNotFound } from "../find-run.js";
import { asServerError } from "../grpc.js";
import { readRun } from "../read-run.js";
import { endText } from "../render/end.js";
import { runLines } from "../render/run-lines.js";
import { hasEnded, type RunView } from "../run-view.js";
import { whatWasSaid } from "../said.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

/** `pawl status RUN`: how a run stands, from the server where it is up, else from the store's record. */
export const status: Verb = (command, terminal) => {
  command.argument("<run>").action(async (runId: string) => {
    const home = homeFolder();
    const server = await connectIfUp(home);
    if (server === undefined) return show(home, await recordedView(home, runId), undefined, terminal);
    try {
      await show(home, await readRun(server.client, home, runId), server, terminal);
    } catch (error) {
      throw asServerError(error, server.address);
    } finally {
      await server.close();
    }
  });
};

async function recordedView(home: string, runId: string): Promise<RunView> {
  const record = await findRecord(home, runId);
  if (record === undefined) throw runNotFound(runId, []);
  return viewOf(record);
}

function viewOf({ runId, startedAt, endedAt, ...state }: RunRecord): RunView {
  const note = "the server is not up (pawl up): this is what was recorded last";
  const ended = endedAt === undefined ? { note } : { endedAtMs: Date.parse(endedAt) };
  return { runId, state, progress: {}, queued: new Set(), startedAtMs: Date.parse(startedAt), ...ended };
}

async function show(home: string, view: RunView, server: Server | undefined, terminal: Terminal): Promise<void> {
  if (terminal.json)
    return terminal.out(JSON.stringify({ run: view.runId, ...view.state, plan: undefined, progress: view.progress }));
  if (hasEnded(view)) terminal.out(endText(view, await whatWasSaid(home, view.state.stages), terminal));
  else terminal.out(runLines(view, Infinity, terminal.colours, Date.now()).join("\n"));
  const address = server && runAddress(server, view.runId);
  if (address !== undefined) terminal.out(`  see   ${terminal.colours.cyan(address)}`);
}
