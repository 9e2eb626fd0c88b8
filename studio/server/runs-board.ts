import { mainMetric, type RunView } from "../../api/run-view.js";
import { costOfRun, type Rates } from "../../api/rates.js";
import { readRun } from "../../api/read-run.js";
import { shareDone } from "../../api/watching/time-left.js";
import { mapBounded } from "../../platform/map-bounded.js";
import { runMeasurements } from "../../report/run/measurements.js";
import { stagesToRun } from "../../schemas/matrix.js";
import { isOver, workflowType, type RunState, type StageState } from "../../schemas/run.js";
import { layout, recordIndex, type RunRecord } from "../../store/index.js";
import type { Failure, RunSummary } from "../messages.js";
import { changeIn } from "./changes.js";
import { failureOf } from "./failure.js";
import type { ServerLink } from "./server-link.js";
import { waitingItems } from "./waiting.js";
import { Watched } from "./watched.js";

/** All runs, the newest first. */
export interface Board {
  runs: RunSummary[];
  problem?: Failure;
}

/** How often the server is asked what is under way, ms. */
const askEveryMs = 1000;
/** Runs under way that are asked for their state, the newest first, and how many at the same time. */
const mostAsked = 50;
const askedAtOnce = 8;
const deadlineMs = 2000;

const ended = new Set<StageState["status"]>(["succeeded", "cached", "skipped", "cancelled", "failed"]);

/** The runs of the store and those under way on the server, in one list that is kept up to date while somebody looks. */
export class RunsBoard {
  readonly #records: () => Promise<Map<string, RunSummary>>;
  readonly #watched: Watched<Board>;
  /** Runs under way, as the server knows them. */
  #live = new Map<string, RunView>();
  #asking: Promise<void> | undefined;
  #askedAtMs = -Infinity;

  constructor(
    private readonly home: string,
    private readonly link: ServerLink,
    private readonly rates?: Rates,
  ) {
    this.#records = recordIndex(home, (record) => summaryOfRecord(record, rates));
    this.#watched = new Watched(
      (before) => this.#look(before),
      (_last, left) => changeIn([layout.runs(home)], askEveryMs, left),
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
    if (Date.now() - this.#askedAtMs >= askEveryMs)
      this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    try {
      if (before !== undefined) await this.#asking;
      return { runs: this.#merged(await this.#records()) };
    } catch (error) {
      return { runs: before?.runs ?? [], problem: failureOf(error) };
    }
  }

  #merged(records: ReadonlyMap<string, RunSummary>): RunSummary[] {
    const views = this.#live;
    const runs = new Map([...records.values()].map((summary) => [summary.run, summary]));
    for (const [run, summary] of runs)
      if (!isOver(summary.status) && !views.has(run)) runs.set(run, { ...summary, isRecord: true });
    for (const [run, view] of views) runs.set(run, summaryOfView(view, this.rates));
    return [...runs.values()].sort((a, b) => b.startedAtMs - a.startedAtMs);
  }

  async #ask(): Promise<void> {
    const before = this.#live;
    const asked = await this.link
      .ask(async ({ client }) => {
        const ids = new Set<string>();
        const query = `WorkflowType = '${workflowType}' AND ExecutionStatus = 'Running'`;
        for await (const { workflowId } of client.workflow.list({ query }))
          if (ids.add(workflowId).size >= mostAsked) break;
        return mapBounded([...ids], askedAtOnce, (id) =>
          readRun(client, this.home, id, before.get(id)).catch(() => before.get(id)),
        );
      }, deadlineMs)
      .catch(() => undefined);
    const views = (asked ?? []).filter((view) => view !== undefined);
    this.#live = new Map(views.map((view): [string, RunView] => [view.runId, view]));
    this.#askedAtMs = Date.now();
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
