import { setMaxListeners } from "node:events";
import type { Client } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { isServerAway } from "../servers/grpc.js";
import { noAnswer, readRun } from "./read-run.js";
import { hasEnded, type RunView } from "./run-view.js";
import { pause } from "../../platform/processes/pause.js";

const lookEveryMs = { interactive: 300, lines: 500 };

/**
 * A look at a run that was seen before is given up after this time, ms: the client alone would
 * retry for half a minute.
 */
const lookPatienceMs = 5000;

/**
 * Consecutive queries in which a run seen before may be unknown: a server also reports that while
 * it shuts down.
 */
const maxUnknown = 20;

export interface WatchOptions {
  /** The server's current client. */
  client: () => Client;
  home: string;
  runId: string;
  interactive: boolean;
  /** Ends the watching; the run continues. */
  signal: AbortSignal;
  /**
   * Called when the server does not answer: looks for it, and returns the note to show meanwhile.
   */
  onAway: () => Promise<string>;
  /**
   * Called when the server answers but no worker does: returns the note to show. Absent: that of
   * the view.
   */
  onSilent?: () => Promise<string>;
  /** Adds to each view what only a live one shows. */
  addDetails?: (view: RunView) => Promise<RunView>;
  /** Called with each new view. */
  onView: (view: RunView) => void;
}

/**
 * Follows a run until it has ended or the watcher has left. It waits for a server that is
 * unavailable for a while. Returns the last view; undefined when the watcher left before the first.
 */
export async function watchRun(options: WatchOptions): Promise<RunView | undefined> {
  const everyMs = options.interactive ? lookEveryMs.interactive : lookEveryMs.lines;
  const end = new End(options);
  try {
    return await watch(options, () => end.orAfter(everyMs));
  } finally {
    end.forget();
  }
}

/** @param untilNext waits until the next look */
async function watch(options: WatchOptions, untilNext: () => Promise<void>): Promise<RunView | undefined> {
  const { signal } = options;
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
    await untilNext();
  }
  return view;
}

/**
 * The end of a run, which the server reports when it comes: a short run is over before the second
 * look.
 */
class End {
  readonly #options: WatchOptions;
  readonly #forgotten = new AbortController();
  /** Ends the pause between two looks. */
  #pause = new AbortController();
  #come: Promise<void> | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
    // The client adds a listener for each request of a long wait, and removes none.
    setMaxListeners(0, this.#forgotten.signal);
    options.signal.addEventListener("abort", () => this.#pause.abort(), { signal: this.#forgotten.signal });
  }

  /**
   * Waits until the run has ended, at most for so long. Once the wait has ended or failed, this is
   * a pause. A pause leaves nothing behind: a run may be followed for weeks.
   */
  async orAfter(ms: number): Promise<void> {
    this.#come ??= this.#wait();
    if (this.#options.signal.aborted) return;
    this.#pause = new AbortController();
    await pause(ms, this.#pause.signal);
  }

  async #wait(): Promise<void> {
    const { client, runId } = this.#options;
    try {
      const result = (): Promise<unknown> => client().workflow.getHandle(runId).result();
      await client().withAbortSignal(this.#forgotten.signal, result);
    } catch {
      // How it ended, or that the server is away, is what the next look finds.
    }
    this.#pause.abort();
  }

  forget(): void {
    this.#forgotten.abort();
  }
}

function look(options: WatchOptions, before: RunView | undefined): Promise<RunView> {
  const { client, home, runId, onSilent, addDetails = async (view) => view } = options;
  const read = async (): Promise<RunView> => {
    const view = await addDetails(await readRun(client(), home, runId, before, true));
    return view.note === noAnswer && onSilent ? { ...view, note: await onSilent() } : view;
  };
  return before === undefined ? read() : client().withDeadline(Date.now() + lookPatienceMs, read);
}
