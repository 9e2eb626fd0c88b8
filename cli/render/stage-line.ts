import type { ApprovalState } from "../../schemas/approvals.js";
import { countChosen, type ChoiceRequestState } from "../../schemas/choices.js";
import { combinationText } from "../../schemas/matrix.js";
import { statusSigns, type StageState, type StageStatus } from "../../schemas/run.js";
import type { Colors } from "../terminal.js";
import { elapsedText } from "../../report/stage-words.js";
import { duration, shortNumber, visibleMetrics, metricsText } from "../../report/values.js";
import type { Progress } from "../../schemas/stage-result.js";

/** A status sign in its color. */
export function sign(status: StageStatus, colors: Colors): string {
  return statusColor(status, colors)(statusSigns[status]);
}

export function statusColor(status: StageStatus, colors: Colors): (text: string) => string {
  switch (status) {
    case "succeeded":
    case "cached":
      return colors.green;
    case "failed":
      return colors.red;
    case "parked":
    case "waiting":
    case "backingOff":
      return colors.yellow;
    case "running":
      return colors.cyan;
    case "queued":
    case "skipped":
    case "cancelled":
      return colors.dim;
  }
}

/** `train 1,200/3,000 steps 40%  ETA 3m 05s  loss 2.31`. */
export function progressText(progress: Progress): string {
  const { phase, done, total, unit, etaSeconds, metrics } = progress;
  const share = total > 0 ? ` ${Math.floor((100 * Math.min(done, total)) / total)}%` : "";
  const amount =
    total > 0 ? `${shortNumber(done)}/${shortNumber(total)} ${unit}${share}` : `${shortNumber(done)} ${unit}`;
  const eta = etaSeconds === undefined ? "" : `ETA ${duration(Math.ceil(etaSeconds) * 1000)}`;
  return [`${phase} ${amount}`, eta, metricsText(metrics, 3)].filter(Boolean).join("  ");
}

/** What is shown of a stage next to its name and status. */
export function stageDetail(stage: StageState, progress: Progress | undefined, nowMs: number): string {
  const combination = stage.combination === undefined ? "" : combinationText(stage.combination);
  return [combination, ownDetail(stage, progress, nowMs)].filter(Boolean).join("  ");
}

function ownDetail(stage: StageState, progress: Progress | undefined, nowMs: number): string {
  const elapsed = elapsedText(stage, nowMs);
  const { asks } = stage.child ?? {};
  if (asks !== undefined) return `${asks.stage} of ${asks.run} is ${asks.status}`;
  switch (stage.status) {
    case "running": {
      const attempt = stage.attempts > 1 ? `attempt ${stage.attempts}${lastEnd(stage)}` : "";
      const run = stage.child === undefined ? "" : `run ${stage.child.run}`;
      return [progress ? progressText(progress) : elapsed, run, attempt].filter(Boolean).join("  ");
    }
    case "succeeded":
      return [elapsed, metricsText(visibleMetrics(stage), 4), firstLine(stage.reason ?? ""), attemptsBefore(stage)]
        .filter(Boolean)
        .join("  ");
    case "waiting":
      return stage.approval ? approvalText(stage.approval, nowMs) : choiceText(stage.choiceRequest, nowMs);
    case "cached":
      return [metricsText(visibleMetrics(stage), 4), attemptsBefore(stage)].filter(Boolean).join("  ");
    case "failed":
    case "parked":
      return stage.failure
        ? `${stage.failure.code}: ${firstLine(stage.failure.message)}`
        : firstLine(stage.reason ?? "");
    case "queued":
    case "backingOff":
    case "skipped":
    case "cancelled":
      return firstLine(stage.reason ?? "");
  }
}

/** ` (#1 ended: WORKER_LOST: the worker …)`. */
function lastEnd({ ended = [] }: StageState): string {
  const last = ended.at(-1);
  return last === undefined ? "" : ` (#${last.attempt} ended: ${last.code}: ${last.message})`;
}

/** `after attempt 1 ended: WORKER_LOST: the worker …`, of a stage that needed several. */
function attemptsBefore({ ended = [] }: StageState): string {
  const last = ended.at(-1);
  return last === undefined ? "" : `after attempt ${last.attempt} ended: ${last.code}: ${last.message}`;
}

/** `Release it?, closes in 2h 03m`. */
function approvalText({ message, closesAtMs }: ApprovalState, nowMs: number): string {
  return firstLine(message) + (closesAtMs === undefined ? "" : `, closes in ${duration(closesAtMs - nowMs)}`);
}

/** `3 of 20 chosen, closes in 2h 03m`. */
function choiceText(choiceRequest: ChoiceRequestState | undefined, nowMs: number): string {
  if (choiceRequest === undefined) return "";
  const closes =
    choiceRequest.closesAtMs === undefined ? "" : `, closes in ${duration(choiceRequest.closesAtMs - nowMs)}`;
  return `${countChosen(choiceRequest)} of ${choiceRequest.target} chosen${closes}`;
}

export const firstLine = (text = ""): string => text.split("\n", 1)[0] ?? "";
