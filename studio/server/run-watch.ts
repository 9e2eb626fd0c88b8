import { noAnswer, readRun } from "../../api/reading/read-run.js";
import { hasEnded, type RunView } from "../../api/reading/run-view.js";
import { Details } from "../../api/watching/details.js";
import { PawlError } from "../../platform/errors.js";
import { runNotFound } from "../../api/reading/find-run.js";
import { findKnownRun } from "../../report/run/known-run.js";
import { layout } from "../../store/home.js";
import type { Failure } from "../messages.js";
import { changeIn } from "./changes.js";
import { toFailure } from "./failure.js";
import { withNewestRows } from "./run-message.js";
import type { ServerLink } from "./server-link.js";
import { Watched } from "./watched.js";

/** A look at a run: its view, or the last one, and what kept it from being a new one. */
export interface RunLook {
  view?: RunView;
  temporalUi?: string;
  problem?: Failure;
}

/**
 * How often the server is asked for a run under way, and for one that has ended: it may be resumed;
 * ms.
 */
const askEveryMs = { running: 1000, ended: 3000 };
/** Number of runs to keep in memory after nobody follows them. */
const maxKept = 100;
/** Timeout of a query to the server, ms. */
const deadlineMs = 5000;

/**
 * The runs that somebody looks at. The server is asked once a second; between two questions the
 * files of the store, which workers write several times a second, say how far the stages are.
 */
export class RunWatch {
  readonly #runs = new Map<string, Watched<RunLook>>();

  constructor(
    private readonly home: string,
    private readonly link: ServerLink,
    private readonly knownRuns: () => Promise<string[]>,
  ) {}

  follow(runId: string, signal: AbortSignal): AsyncGenerator<RunLook> {
    return this.#watched(runId).follow(signal);
  }

  /** The view of a run. @throws PawlError RUN_NOT_FOUND, STORE_UNREADABLE */
  async view(runId: string): Promise<RunView> {
    const { view, problem } = await this.#watched(runId).now();
    if (view !== undefined) return view;
    throw new PawlError(problem!.code as "RUN_NOT_FOUND", problem!.message, problem!.facts);
  }

  #watched(runId: string): Watched<RunLook> {
    const known = this.#runs.get(runId);
    if (known !== undefined) return known;
    const { home, link } = this;
    const details = new Details(home, () => link.client());
    let lastView: { view: RunView; atMs: number } | undefined;
    const look = async (before: RunLook | undefined): Promise<RunLook> => {
      try {
        const everyMs = lastView && hasEnded(lastView.view) ? askEveryMs.ended : askEveryMs.running;
        if (lastView === undefined || performance.now() - lastView.atMs >= everyMs)
          lastView = { view: await this.#read(runId, before?.view), atMs: performance.now() };
        const view = hasEnded(lastView.view) ? lastView.view : await details.addTo(lastView.view);
        const temporalUi = link.uiAddress(runId);
        return { view: withNewestRows(view, (...of) => details.latestRow(...of)), ...(temporalUi && { temporalUi }) };
      } catch (error) {
        return { ...before, problem: toFailure(error) };
      }
    };
    const pause = ({ view }: RunLook, closed: AbortSignal): Promise<void> => {
      const isEnded = view !== undefined && hasEnded(view);
      const places = isEnded ? [] : [layout.log(home, runId), layout.allMetrics(home)];
      return changeIn(places, isEnded ? askEveryMs.ended : askEveryMs.running, closed);
    };
    const watched = new Watched(look, pause);
    if (this.#runs.size >= maxKept) this.#forget();
    this.#runs.set(runId, watched);
    return watched;
  }

  #forget(): void {
    for (const [runId, { isFollowed }] of this.#runs) if (!isFollowed) this.#runs.delete(runId);
  }

  async #read(runId: string, before: RunView | undefined): Promise<RunView> {
    const { home } = this;
    const lastView = await this.link.ask(async ({ client }) => {
      try {
        return await readRun(client, home, runId, before);
      } catch (error) {
        if (error instanceof PawlError && error.code === "RUN_NOT_FOUND") return "unknown";
        throw error;
      }
    }, deadlineMs);
    if (lastView !== undefined && lastView !== "unknown") return ownWorkers(lastView);
    const isAway = lastView === undefined;
    const recorded = await this.#recorded(runId, isAway);
    if (recorded !== undefined)
      return isAway && before && !hasEnded(before) ? { ...before, note: recorded.note! } : recorded;
    throw runNotFound(runId, await this.knownRuns());
  }

  /** The run as the store has it. */
  async #recorded(runId: string, isAway: boolean): Promise<RunView | undefined> {
    const known = await findKnownRun(this.home, runId);
    if (known === undefined) return undefined;
    const { record, plan, note } = known;
    const { startedAt, endedAt, ...state } = record;
    const reason = isAway
      ? "the Temporal server does not answer"
      : "the Temporal server does not know this run (anymore)";
    const isEnded = endedAt !== undefined;
    return {
      ...{ runId, state: { ...state, plan }, progress: {}, queued: new Set(), startedAtMs: Date.parse(startedAt) },
      ...(isEnded && { endedAtMs: Date.parse(endedAt) }),
      ...(note !== undefined ? { note } : !isEnded && { note: `${reason}: this is the last record` }),
    };
  }
}

/** The studio cannot start a worker; the embedded server starts its own. */
const ownWorkers = (view: RunView): RunView =>
  view.note === noAnswer ? { ...view, note: "waiting for a worker to answer: pawl up starts one" } : view;
