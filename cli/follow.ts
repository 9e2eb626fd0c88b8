import { runAddress, type Server } from "../api/servers/server.js";
import { hasDied, holder } from "./embedded/lock.js";
import { Restarts } from "./embedded/restart.js";
import { exitCodes } from "./exit-codes.js";
import { listenForInterrupt } from "./interrupt.js";
import { endText } from "./render/end.js";
import { observer } from "./render/observers.js";
import type { RunView } from "../api/reading/run-view.js";
import { readRunSamples } from "../report/run/samples.js";
import { reportOfEnd, tellReport } from "./report-lines.js";
import type { Terminal } from "./terminal.js";
import { watchRun } from "../api/reading/watch-run.js";
import { Details } from "../api/watching/details.js";

/**
 * Watches a run until its end or until the user leaves; prints how it ended and what to do next.
 */
export async function follow(server: Server, home: string, runId: string, terminal: Terminal): Promise<void> {
  const leave = new AbortController();
  const observed = observer(terminal, runAddress(server, runId));
  const details = new Details(home, () => server.client);
  const restarts = new Restarts(home);
  let asking = false;
  const stopListening = listenForInterrupt(runId, terminal, {
    pause: () => {
      asking = true;
      observed.pause();
    },
    goOn: () => (asking = false),
    cancel: async () => void (await server.client.workflow.getHandle(runId).cancel()),
    detach: () => leave.abort(),
  });
  const onView = (view: RunView): void => {
    if (!asking) observed.show(view, Date.now());
  };
  try {
    const view = await watchRun({
      client: () => server.client,
      home,
      runId,
      interactive: terminal.interactive,
      signal: leave.signal,
      onAway: () => lookForServer(server, home, restarts),
      ...(server.embedded && { onSilent: () => lookForWorkers(home, restarts) }),
      ...(terminal.interactive && !terminal.json && { addDetails: (view) => details.addTo(view) }),
      onView,
    });
    if (leave.signal.aborted || view === undefined) return detached(server, runId, terminal);
    observed.end();
    await tellEnd(server, home, view, terminal);
  } finally {
    observed.pause();
    stopListening();
  }
}

/**
 * The embedded server starts its workers by itself, unless `pawl up` has died: the server may
 * outlive it. Returns the note to show meanwhile.
 */
async function lookForWorkers(home: string, restarts: Restarts): Promise<string> {
  return (await hasDied(home)) ? restarts.tryNow() : "waiting for a worker of the embedded server to answer";
}

/**
 * Reconnects to a server that has moved. An embedded server that has died is started again; one
 * that somebody has stopped is not. Returns the note to show meanwhile.
 */
async function lookForServer(server: Server, home: string, restarts: Restarts): Promise<string> {
  // A server that has just started may not answer yet: the next look tries again.
  await server.followMove(home).catch(() => undefined);
  if (server.embedded && (await hasDied(home))) return restarts.tryNow();
  const stopped = server.embedded && (await holder(home)) === undefined;
  return stopped
    ? "the embedded server is no longer running: start it in another terminal with `pawl up`; the run then continues"
    : "the server does not answer; waiting for it to come back";
}

function detached(server: Server, runId: string, terminal: Terminal): void {
  if (!terminal.interactive) terminal.exitCode = exitCodes.interrupted;
  if (terminal.json) return terminal.out(JSON.stringify({ event: "detached", run: runId }));
  terminal.out(`\nThe run continues. Watch it with:  pawl watch ${runId}`);
  tellAddress(server, runId, terminal);
}

async function tellEnd(server: Server, home: string, view: RunView, terminal: Terminal): Promise<void> {
  const samples = await readRunSamples(home, view.state.stages);
  if (view.state.status !== "succeeded")
    terminal.exitCode = view.state.status === "cancelled" ? exitCodes.canceled : exitCodes.failed;
  const report = await reportOfEnd(home, view.runId, terminal);
  if (terminal.json) {
    const { status, outputs, stages } = view.state;
    const end = { event: "end", run: view.runId, status, outputs, stages, samples, failure: view.failure, report };
    return terminal.out(JSON.stringify(end));
  }
  terminal.out(`\n${endText(view, samples, terminal)}`);
  if (report !== undefined) tellReport({ html: report.html }, terminal);
  tellAddress(server, view.runId, terminal);
  if (server.embedded)
    terminal.out(terminal.colors.dim("  the server stays up for the next run; pawl up --stop ends it"));
}

function tellAddress(server: Server, runId: string, terminal: Terminal): void {
  const address = runAddress(server, runId);
  if (address !== undefined) terminal.out(`  see   ${terminal.colors.cyan(address)}`);
}
