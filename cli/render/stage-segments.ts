import { countChosen } from "../../schemas/choices.js";
import { combinationText } from "../../schemas/matrix.js";
import type { PlannedStage } from "../../schemas/plan.js";
import type { StageState } from "../../schemas/run.js";
import { printable } from "../../platform/text/printable.js";
import { mainMetric, type RunView } from "../../api/reading/run-view.js";
import type { Colors } from "../terminal.js";
import { stageTimeLeft } from "../../api/watching/time-left.js";
import { bar, sparkline } from "./drawings.js";
import type { Canvas } from "./canvas.js";
import { shortened, type Segment } from "./segments.js";
import { statusColor, firstLine } from "./stage-line.js";
import { elapsedText, statusWords } from "../../report/stage-words.js";
import {
  compactNumber,
  duration,
  metricsText,
  shortNumber,
  visibleMetrics,
  steadyNumber,
} from "../../report/values.js";
import { oneLine } from "./values.js";
import type { Progress } from "../../schemas/stage-result.js";

/**
 * The order in which parts of a line yield on a narrow terminal, the highest first. What has no
 * rank here never does: status, progress, the main metric, ETA and attempts.
 */
export const ranks = { detail: 9, unit: 8, phase: 7, checkpoint: 6, speed: 5, curve: 4, bar: 3 } as const;

/** What is shown of a stage behind its name and type. */
export function stageSegments(view: RunView, stage: StageState, { colors, nowMs }: Canvas): Segment[] {
  return ownSegments(view, stage, colors, nowMs).map((segment) => ({ ...segment, text: safe(segment.text) }));
}

/** The values of a combination of a matrix; empty for any other stage. */
export function combinationSegment({ combination = {} }: StageState, { columns, colors }: Canvas): Segment {
  const text = safe(combinationText(combination));
  return { text: shortened(text, Math.max(minCombinationWidth, Math.floor(columns / 4))), paint: colors.dim };
}

const minCombinationWidth = 8;

/**
 * Text of a stage as one line, in which every character takes the columns that it is counted with.
 */
export const safe = (text: string): string => oneLine(printable(text));

function ownSegments(view: RunView, stage: StageState, colors: Colors, nowMs: number): Segment[] {
  const { status, child, failure } = stage;
  const word: Segment = { text: statusWords[status], paint: statusColor(status, colors) };
  const reason: Segment = { text: firstLine(stage.reason ?? ""), paint: colors.dim };
  if (child?.asks !== undefined) return [{ ...word, text: `${child.asks.stage} of its run is ${child.asks.status}` }];
  switch (status) {
    case "running":
      return runningSegments(view, stage, colors, nowMs);
    case "succeeded":
      return [{ text: elapsedText(stage, nowMs) }, ...metricSegments(stage), reason];
    case "cached":
      return [{ ...word, text: "from cache" }, ...metricSegments(stage)];
    case "waiting":
      return [...waitingSegments(stage, word, nowMs)];
    case "parked":
    case "failed":
      return [word, { text: failure?.code ?? "" }, attemptSegment(stage, colors)];
    case "queued":
      return [stage.reason === undefined ? { ...reason, text: waitsFor(view, stage) } : reason];
    case "backingOff":
      return [word, attemptSegment(stage, colors)];
    case "skipped":
    case "cancelled":
      return [word, reason];
  }
}

function runningSegments(view: RunView, stage: StageState, colors: Colors, nowMs: number): Segment[] {
  const { id, startedAtMs = nowMs } = stage;
  if (view.queued.has(id)) return [{ text: queuedText(view, stage), paint: colors.yellow }];
  const remaining = stageTimeLeft(view, stage, nowMs);
  const eta = { text: remaining === undefined ? "" : remainingText(remaining) };
  const attempt = attemptSegment(stage, colors);
  const progress = view.progress[id];
  if (progress === undefined) return [{ text: `running ${secondsText(nowMs - startedAtMs)}` }, eta, attempt];
  return [
    { text: progress.phase, rank: ranks.phase },
    ...amountSegments(progress),
    ...mainSegments(progress, view.curves?.[id] ?? []),
    speedSegment(progress),
    eta,
    attempt,
    checkpointSegment(progress, nowMs, colors),
    ...detailSegments(progress, colors),
  ];
}

/** `▓▓▓▓▓▓░░░░ 740/1,200 steps`. */
function amountSegments({ done, total, unit }: Progress): Segment[] {
  const bars = { text: total > 0 ? bar(done / total) : "", rank: ranks.bar };
  const amount = total > 0 ? `${shortNumber(done)}/${shortNumber(total)}` : shortNumber(done);
  return [bars, { text: amount, close: total > 0 }, { text: unit, rank: ranks.unit, close: true }];
}

/** `loss 4.300 ▇▆▅▄▃▃▂`. */
function mainSegments(progress: Progress, curve: readonly number[]): Segment[] {
  const name = mainMetric(progress);
  if (name === undefined) return [];
  const drawn = { text: sparkline(curve), rank: ranks.curve, close: true };
  return [{ text: `${name} ${steadyNumber(progress.metrics[name]!)}` }, drawn];
}

function speedSegment({ metrics }: Progress): Segment {
  const speed = metrics["tokensPerSecond"];
  return { text: speed === undefined ? "" : `${compactNumber(speed)} tok/s`, rank: ranks.speed };
}

function checkpointSegment({ checkpointStep, checkpointedAtMs }: Progress, nowMs: number, colors: Colors): Segment {
  const age = checkpointedAtMs === undefined ? undefined : secondsText(nowMs - checkpointedAtMs);
  const text = age === undefined ? `checkpoint at ${shortNumber(checkpointStep ?? 0)}` : `checkpoint ${age} ago`;
  return { text: checkpointStep === undefined ? "" : text, rank: ranks.checkpoint, paint: colors.dim };
}

/** The other metrics, of which the last ones yield first. */
function detailSegments(progress: Progress, colors: Colors): Segment[] {
  const { [mainMetric(progress) ?? ""]: _main, tokensPerSecond: _speed, ...others } = progress.metrics;
  return Object.entries(others)
    .slice(0, 3)
    .map(([name, value], i) => {
      return { text: `${name} ${steadyNumber(value)}`, rank: ranks.detail + i, paint: colors.dim };
    });
}

/** Maximum number of metrics of a stage that has ended. */
const maxMetrics = 4;

function metricSegments(stage: StageState): Segment[] {
  const all = metricsText(visibleMetrics(stage), maxMetrics).split("  ");
  return all.map((text, i) => (i === 0 ? { text } : { text, rank: i }));
}

/** `23/100 choices`, or that an approval is missing; and until when. */
function waitingSegments({ approval, choiceRequest }: StageState, word: Segment, nowMs: number): Segment[] {
  const closesAtMs = (approval ?? choiceRequest)?.closesAtMs;
  const closes = { text: closesAtMs === undefined ? "" : `closes in ${duration(closesAtMs - nowMs)}` };
  if (approval !== undefined) return [{ ...word, text: "waits for an approval" }, closes];
  if (choiceRequest === undefined) return [word];
  const { target } = choiceRequest;
  const chosen = countChosen(choiceRequest);
  return [
    { text: bar(chosen / target), rank: ranks.bar },
    { ...word, text: `${chosen}/${target} choices`, close: true },
    closes,
  ];
}

function attemptSegment({ attempts }: StageState, colors: Colors): Segment {
  return { text: attempts > 1 ? `attempt ${attempts}` : "", paint: colors.yellow };
}

/** The stage of the definition that a stage of the run is, or is a combination of. */
const declaredStage = ({ state }: RunView, id: string): PlannedStage | undefined =>
  state.plan?.stages.find((stage) => stage.id === id || id.startsWith(`${stage.id}.`));

/** The stages that a queued one needs and that have not ended. */
function waitsFor(view: RunView, { id }: StageState): string {
  const { state } = view;
  const open = (declaredStage(view, id)?.needs ?? []).filter((needed) =>
    state.stages.some(
      (other) => (other.id === needed || other.id.startsWith(`${needed}.`)) && !hasDone.includes(other.status),
    ),
  );
  return open.length === 0 ? statusWords.queued : `waits for ${open.join(", ")}`;
}

const hasDone: readonly string[] = ["succeeded", "cached", "failed", "skipped", "cancelled"];

function queuedText(view: RunView, { id, calls }: StageState): string {
  if (calls !== undefined) return `waits for a worker of the task queue ${calls.taskQueue} (${calls.activity})`;
  return (declaredStage(view, id)?.resources.gpu ?? 0) > 0
    ? "waits for a GPU worker (pawl worker --gpus 1)"
    : "waits for a free worker process";
}

/** `48 s left`, `3m 05s left`. */
export const remainingText = (ms: number): string => `${secondsText(ms)} left`;

/** A time span without parts of seconds, so that it changes once a second. */
export function secondsText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return seconds < 60 ? `${seconds} s` : duration(seconds * 1000);
}
