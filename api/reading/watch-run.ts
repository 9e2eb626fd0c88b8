import type { Client } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { isServerAway } from "../servers/grpc.js";
import { noAnswer, readRun } from "./read-run.js";
import { hasEnded, type RunView } from "./run-view.js";
import { pause } from "../../platform/processes/pause.js";

const lookEveryMs = { interactive: 300, lines: 500 };

/** A look at a run that was seen before is given up after this time, ms: the client alone would retry for half a minute. */
const lookPatienceMs = 5000;

/** Consecutive queries in which a run seen before may be unknown: a server also reports that while it shuts down. */
const maxUnknown = 20;

export interface WatchOptions {
  /** The server's current client. */
  client: () => Client;
  home: string;
  runId: string;
  interactive: boolean;
  /** Ends the watching; the run continues. */
  signal: AbortSignal;
  /** Called when the server does not answer: looks for it, and returns the note to show meanwhile. */
  onAway: () => Promise<string>;
  /** Called when the server answers but no worker does: returns the note to show. Absent: that of the view. */
  onSilent?: () => Promise<string>;
  /** Adds to each view what only a live one shows. */
  addDetails?: (view: RunView) => Promise<RunView>;
  /** Called with each new view. */
  onView: (view: RunView) => void;
}

/**
 * Follows a run until it has ended or the watcher has left. It waits for a server that is unavailable for a while. Returns
 * the last view; undefined when the watcher left before the first.
 */
export async function watchRun(options: WatchOptions): Promise<RunView | undefined> {
  const { signal } = options;
  const everyMs = options.interactive ? lookEveryMs.interactive : lookEveryMs.lines;
  let view: RunView | undefined;
  let unknown = 0;
  while (!signal.aborted) {
    try {
      view = await look(options, view);
      unknown = 0;
      if (!signal.aborted) options.onView(view);
      if (hasEnded(view)) break;
    } catch (error) {
      const isUnknown = error instanceof PawlError && error.code === "RUN_NOT_FOUND" && ++unknown <= maxUnknown;
      if (view === undefined || !(isUnknown || isServerAway(error))) throw error;
      options.onView({ ...view, note: await options.onAway() });
    }
    await pause(everyMs, signal);
  }
  return view;
}

function look(options: WatchOptions, before: RunView | undefined): Promise<RunView> {
  const { client, home, runId, onSilent, addDetails = async (view) => view } = options;
  const read = async (): Promise<RunView> => {
    const view = await addDetails(await readRun(client(), home, runId, before, true));
    return view.note === noAnswer && onSilent ? { ...view, note: await onSilent() } : view;
  };
  return before === undefined ? read() : client().withDeadline(Date.now() + lookPatienceMs, read);
}
