import { mainMetric, type RunView } from "../../api/reading/run-view.js";
import { costOfRun, type Rates } from "../../api/reading/rates.js";
import { shareDone } from "../../api/watching/time-left.js";
import { runMeasurements } from "../../report/run/measurements.js";
import { stagesToRun } from "../../schemas/matrix.js";
import { isOver, type RunState, type StageState } from "../../schemas/run.js";
import { layout } from "../../store/home.js";
import { recordIndex } from "../../store/records/runs.js";
import type { Failure, RunsMessage, RunSummary } from "../messages.js";
import { changeIn } from "./changes.js";
import { toFailure } from "./failure.js";
import { LiveRuns } from "./live-runs.js";
import type { ServerLink } from "./server-link.js";
import { waitingItems } from "./waiting.js";
import { Watched } from "./watched.js";
import type { RunRecord } from "../../store/records/record-types.js";

/** All runs, the newest first. */
export interface Board {
  runs: RunSummary[];
  server: RunsMessage["server"];
  problem?: Failure;
}

/** How often the server is asked what is under way, ms. */
const askEveryMs = 1000;
const ended = new Set<StageState["status"]>(["succeeded", "cached", "skipped", "cancelled", "failed"]);

/**
 * The runs of the store and those under way on the server, in one list that is kept up to date
 * while somebody looks.
 */
export class RunsBoard {
  readonly #records: () => Promise<Map<string, RunSummary>>;
  readonly #watched: Watched<Board>;
  readonly #live: LiveRuns;
  #asking: Promise<void> | undefined;
  #askedAtMs = -Infinity;

  constructor(
    home: string,
    link: ServerLink,
    private readonly rates?: Rates,
  ) {
    this.#live = new LiveRuns(home, link);
    this.#records = recordIndex(home, (record) => summaryOfRecord(record, rates));
    this.#watched = new Watched(
      (before) => this.#look(before),
      ({ server }, closed) => changeIn([layout.runs(home)], server === "unasked" ? 0 : askEveryMs, closed),
    );
  }

  follow(signal: AbortSignal): AsyncGenerator<Board> {
    return this.#watched.follow(signal);
  }

  now(): Promise<Board> {
    return this.#watched.now();
  }

  /** Answers from the records; the server's answer comes with the next look. */
  async #look(before: Board | undefined): Promise<Board> {
    if (performance.now() - this.#askedAtMs >= askEveryMs) this.#asking ??= this.#ask();
    const { server } = this.#live;
    try {
      if (before !== undefined) await this.#asking;
      return { runs: this.#merged(await this.#records()), server: this.#live.server };
    } catch (error) {
      return { runs: before?.runs ?? [], server, problem: toFailure(error) };
    }
  }

  async #ask(): Promise<void> {
    await this.#live.ask();
    this.#askedAtMs = performance.now();
    this.#asking = undefined;
  }

  #merged(records: ReadonlyMap<string, RunSummary>): RunSummary[] {
    const live = this.#live;
    const runs = new Map([...records.values()].map((summary) => [summary.run, summary]));
    for (const [run, summary] of runs)
      if (!isOver(summary.status) && !live.views.has(run)) runs.set(run, { ...summary, stale: live.staleness(run) });
    for (const [run, view] of live.views) {
      const liveRun = this.#liveSummary(view, runs.get(run));
      if (liveRun !== undefined) runs.set(run, liveRun);
    }
    return [...runs.values()].sort((a, b) => b.startedAtMs - a.startedAtMs);
  }

  /** A run as the server knew it; undefined if its record says more. */
  #liveSummary(view: RunView, recorded: RunSummary | undefined): RunSummary | undefined {
    const isAway = this.#live.server === "away";
    if (recorded !== undefined && isAway && isOver(recorded.status)) return undefined;
    if (recorded !== undefined && view.state.plan === undefined && view.note !== undefined)
      return { ...recorded, stale: "noWorker" };
    return { ...summaryOfView(view, this.rates), ...(isAway && { stale: "away" as const }) };
  }
}

function summaryOfRecord({ startedAt, endedAt, runId, ...state }: RunRecord, rates: Rates | undefined): RunSummary {
  return {
    ...summary(runId, state, Date.parse(startedAt), rates),
    ...(endedAt !== undefined && { endedAtMs: Date.parse(endedAt) }),
  };
}

function summaryOfView(view: RunView, rates: Rates | undefined): RunSummary {
  const { runId, state, startedAtMs, endedAtMs } = view;
  const reported = state.stages.flatMap(({ id }) => view.progress[id] ?? []).at(-1);
  const name = reported && mainMetric(reported);
  return {
    ...summary(runId, state, startedAtMs, rates),
    ...(endedAtMs !== undefined && { endedAtMs }),
    share: Math.round(100 * shareDone(view)) / 100,
    ...(name !== undefined && { metric: { name, value: reported!.metrics[name]! } }),
  };
}

function summary(run: string, state: RunState, startedAtMs: number, rates: Rates | undefined): RunSummary {
  const { pipeline, status, stages, parent, plan, outputs } = state;
  const [first] = runMeasurements(outputs, plan?.outputs ?? {}, stages, new Set()).first;
  const { name, value, low, high } = first ?? {};
  const cost = rates && costOfRun(rates, stages, plan);
  const bounds = low !== undefined && high !== undefined ? { low, high } : {};
  return {
    ...{ run, pipeline: pipeline || (plan?.name ?? ""), status, startedAtMs },
    done: stages.filter((stage) => ended.has(stage.status)).length,
    total: Math.max(stages.length, stagesToRun(plan?.stages ?? [], stages).length),
    ...(name !== undefined && value !== undefined && { metric: { name, value, ...bounds } }),
    ...(cost && { cost }),
    waits: isOver(status) ? [] : waitingItems({ runId: run, state }),
    ...(parent && { parent: parent.run }),
  };
}
