import { mainMetric, type RunView } from "../../api/reading/run-view.js";
import { costOfRun, type Rates } from "../../api/reading/rates.js";
import { shareDone, stageTimeLeft, timeLeft } from "../../api/watching/time-left.js";
import { typeNames } from "../../report/type-names.js";
import { visibleMetrics } from "../../report/values.js";
import { combinationText, stagesToRun } from "../../schemas/matrix.js";
import { isOver, type StageState } from "../../schemas/run.js";
import type { RunHead, StageCard } from "../messages.js";
import { waitingItems } from "./waiting.js";

/**
 * A run at one moment, as its page shows it.
 * @param temporalUi the run's address in Temporal's web UI
 */
export function runHead(view: RunView, nowMs: number, temporalUi?: string, rates?: Rates): RunHead {
  const { runId, state, startedAtMs, endedAtMs, failure, note } = view;
  const { plan } = state;
  const remaining = isOver(state.status) ? undefined : timeLeft(view, nowMs);
  const cost = rates && costOfRun(rates, state.stages, plan);
  return {
    ...{ run: runId, pipeline: state.pipeline || (plan?.name ?? ""), status: state.status, startedAtMs },
    ...(endedAtMs !== undefined && { endedAtMs }),
    ...(plan && { seed: plan.seed }),
    inputs: { ...plan?.inputs },
    ...(plan?.file !== undefined && { file: plan.file }),
    ...(state.parent && { parent: state.parent.run }),
    ...(state.pausedSinceMs !== undefined && !isOver(state.status) && { isPaused: true as const }),
    share: Math.round(1000 * shareDone(view)) / 1000,
    ...(remaining !== undefined && Number.isFinite(remaining) && { leftMs: Math.round(remaining) }),
    ...(cost && { cost }),
    ...(failure && { failure }),
    ...(note !== undefined && { note }),
    ...(temporalUi !== undefined && { temporalUi }),
    ...(state.queue && { behind: state.queue.behind }),
    waits: isOver(state.status) ? [] : waitingItems(view),
  };
}

/** The stages of a run, in the order of the definition; those that have not begun, too. */
export function stageCards(view: RunView, nowMs: number): StageCard[] {
  const { state } = view;
  const typeName = typeNames(state.plan);
  const states = new Map(state.stages.map((stage) => [stage.id, stage]));
  const planned = stagesToRun(state.plan?.stages ?? [], state.stages);
  return planned.map(({ id, uses, needs, member }) => {
    const stage = states.get(id) ?? { id, uses, status: "queued", attempts: 0, outputs: {}, metrics: {} };
    return { ...toCard(view, stage, nowMs), type: typeName(stage), needs, declared: member?.of ?? id };
  });
}

function toCard(view: RunView, stage: StageState, nowMs: number): Omit<StageCard, "type" | "needs" | "declared"> {
  const { id, status, reason, attempts, startedAtMs, endedAtMs, sinceMs, workedMs, spentMs, outputs } = stage;
  const { failure, child, combination } = stage;
  const progress = status === "running" ? view.progress[id] : undefined;
  const remaining = progress === undefined ? undefined : stageTimeLeft(view, stage, nowMs);
  const curve = progress && view.curves?.[id];
  return {
    ...{ id, status, attempts, outputs, metrics: visibleMetrics(stage) },
    ...(view.queued.has(id) && { isQueued: true as const }),
    ...(combination && { combination: combinationText(combination) }),
    ...(reason !== undefined && { reason }),
    ...(startedAtMs !== undefined && { startedAtMs }),
    ...(endedAtMs !== undefined && { endedAtMs }),
    ...(sinceMs !== undefined && { sinceMs }),
    ...(workedMs !== undefined && { workedMs }),
    ...(spentMs && { spentMs }),
    ...(progress && { progress }),
    ...(remaining !== undefined && { leftMs: Math.round(remaining) }),
    ...(curve && curve.length > 1 && { curve: [...curve] }),
    ...(failure && { failure }),
    ...(child && { child: child.run }),
  };
}

/**
 * The progress of running stages with the newest row of their history: it is ahead of their
 * heartbeats, which are throttled.
 * @param latestRow see `Details`
 */
export function withNewestRows(view: RunView, latestRow: LatestRow): RunView {
  const keys = new Map(view.state.stages.map(({ id, key }) => [id, key]));
  const progress = Object.entries(view.progress).map(([id, known]) => {
    const [key, metric] = [keys.get(id), mainMetric(known)];
    const row = key === undefined || metric === undefined ? undefined : latestRow(key, metric);
    if (row === undefined || row.step <= known.done || row.step > known.total) return [id, known] as const;
    const names = Object.keys(known.metrics).filter((name) => row.metrics[name] !== undefined);
    const newer = Object.fromEntries(names.map((name) => [name, row.metrics[name]!]));
    return [id, { ...known, done: row.step, metrics: { ...known.metrics, ...newer } }] as const;
  });
  return { ...view, progress: Object.fromEntries(progress) };
}

type LatestRow = (key: string, metric: string) => { step: number; metrics: Record<string, number> } | undefined;
