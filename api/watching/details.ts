import type { Client } from "@temporalio/client";
import type { StageState } from "../../schemas/run.js";
import { followMetrics, type MetricsRow } from "../../store/history/metrics.js";
import { readRun } from "../reading/read-run.js";
import { hasEnded, mainMetric, type RunView } from "../reading/run-view.js";
import { Curve } from "./curve.js";
import { usualTimes } from "./usual-times.js";

/** Stages whose curves are followed, and children that are read, at the same time. */
const maxFollowed = { curves: 24, children: 6 };

/**
 * Adds to the views of a run what only a live view shows: curves, the time that stages took last,
 * and the runs of children. Nothing of it is needed: what cannot be read is left out.
 */
export class Details {
  readonly #curves = new Map<string, FollowedCurve>();
  readonly #children = new Map<string, { view: RunView; details: Details }>();
  #usualMs: ReadonlyMap<string, number> | undefined;

  constructor(
    private readonly home: string,
    private readonly client: () => Client,
  ) {}

  async addTo(view: RunView): Promise<RunView> {
    const { stages } = view.state;
    const running = stages.filter(({ status }) => status === "running");
    const [curves, children, usualMs] = await Promise.all([
      this.#readCurves(view, running.slice(0, maxFollowed.curves)),
      this.#readChildren(stages),
      this.#readUsualTimes(view),
    ]);
    return { ...view, curves, children, usualMs };
  }

  async #readCurves({ progress }: RunView, stages: readonly StageState[]): Promise<Record<string, number[]>> {
    const found = stages.map(async ({ id, key }) => {
      const metric = progress[id] && mainMetric(progress[id]);
      if (key === undefined || metric === undefined) return [];
      const name = `${key} ${metric}`;
      const curve = this.#curves.get(name) ?? new FollowedCurve(this.home, key, metric);
      this.#curves.set(name, curve);
      return [[id, await curve.values()] as const];
    });
    return Object.fromEntries((await Promise.all(found)).flat());
  }

  /**
   * The newest row of a stage's history, as the last call of `addTo` found it: it is ahead of
   * heartbeats, which are throttled.
   */
  latestRow(key: string, metric: string): MetricsRow | undefined {
    return this.#curves.get(`${key} ${metric}`)?.latest;
  }

  async #readChildren(stages: readonly StageState[]): Promise<Record<string, RunView>> {
    const begun = stages.filter(({ status, child }) => child?.execution !== undefined && isUnderWay(status));
    const found = begun.slice(0, maxFollowed.children).map(async ({ id, child }) => {
      const view = await this.#childView(child!.run);
      return view === undefined || hasEnded(view) ? [] : [[id, view] as const];
    });
    return Object.fromEntries((await Promise.all(found)).flat());
  }

  async #childView(run: string): Promise<RunView | undefined> {
    const known = this.#children.get(run);
    try {
      const details = known?.details ?? new Details(this.home, this.client);
      const view = await details.addTo(await readRun(this.client(), this.home, run, known?.view));
      this.#children.set(run, { view, details });
      return view;
    } catch {
      return known?.view;
    }
  }

  async #readUsualTimes({ state }: RunView): Promise<ReadonlyMap<string, number>> {
    if (state.stages.length === 0) return new Map();
    this.#usualMs ??= await usualTimes(this.home, state.pipeline, state.stages).catch(() => new Map<string, number>());
    return this.#usualMs;
  }
}

const isUnderWay = (status: StageState["status"]): boolean => ["running", "waiting", "parked"].includes(status);

/** A metric of a stage, read from its history as that grows. */
class FollowedCurve {
  readonly #curve = new Curve();
  latest: MetricsRow | undefined;
  readonly #next: () => ReturnType<ReturnType<typeof followMetrics>>;

  constructor(
    home: string,
    key: string,
    private readonly metric: string,
  ) {
    this.#next = followMetrics(home, key);
  }

  async values(): Promise<number[]> {
    const rows = await this.#next().catch(() => []);
    for (const { step, metrics } of rows) {
      const value = metrics[this.metric];
      if (value !== undefined) this.#curve.add(step, value);
    }
    this.latest = rows.at(-1) ?? this.latest;
    return this.#curve.values();
  }
}
