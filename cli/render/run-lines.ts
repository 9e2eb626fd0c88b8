import { stagesToRun } from "../../schemas/matrix.js";
import { isOver, type ChildAsks, type RunState, type StageState } from "../../schemas/run.js";
import { hasEnded, type RunView } from "../../api/run-view.js";
import type { Colors } from "../terminal.js";
import { changesText } from "./settings.js";
import { colorOf, sign, stageDetail } from "./stage-line.js";
import { cut, oneLine } from "./values.js";
import { runStatusWord, statusWords } from "../../report/stage-words.js";
import { duration } from "../../report/values.js";

/**
 * A run as lines of at most `columns` columns: one for the run, one for each stage, and notes. If there are more than
 * `rows`, stages that wait or have ended are counted instead of shown, and so are further notes.
 */
export function runLines(view: RunView, columns: number, colors: Colors, nowMs: number, rows = Infinity): string[] {
  const { state, runId } = view;
  const time = duration((view.endedAtMs ?? nowMs) - view.startedAtMs);
  const priority = state.priority === undefined ? "" : colors.dim(`  priority ${state.priority}`);
  const head = `${colors.bold(runId)}  ${runStatusWord(state.status)}  ${colors.dim(time)}${priority}`;
  const room = rows - 1;
  const notes = notesOf(view, Math.max(Math.floor(room / 2), room - state.stages.length));
  const shown = chosen(state.stages, room - notes.length);
  const idWidth = width(shown.map((stage) => stage.id));
  const statusWidth = width(shown.map((stage) => statusWords[stage.status]));
  const lines = shown.map((stage) => {
    const status = colorOf(stage.status, colors)(statusWords[stage.status].padEnd(statusWidth));
    const queued = stage.status === "running" && view.queued.has(stage.id);
    const detail = queued ? queuedText(view, stage.id) : stageDetail(stage, view.progress[stage.id], nowMs);
    return `  ${sign(stage.status, colors)} ${stage.id.padEnd(idWidth)}  ${status}  ${detail}`;
  });
  const hidden = state.stages.filter((stage) => !shown.includes(stage));
  const more = hidden.length === 0 ? [] : [colors.dim(`  … ${hiddenText(hidden)}`)];
  return [head, ...lines, ...more, ...notes.map((note) => `  ${colors.yellow(note)}`)]
    .slice(0, Math.max(1, rows))
    .map((line) => cut(oneLine(line).trimEnd(), columns));
}

/** Notes for the reader, in at most `room` lines; the last one says why the view may be out of date. */
function notesOf(view: RunView, room: number): string[] {
  const { state, runId } = view;
  const asks = [
    ...queueHint(state),
    ...pauseHint(state, runId),
    ...state.stages.flatMap((stage) => [...changedBy(stage), ...askFor(stage, runId)]),
  ];
  const last = view.note !== undefined && !hasEnded(view) ? [view.note] : [];
  if (asks.length + last.length <= room) return [...asks, ...last];
  const kept = asks.slice(0, Math.max(0, room - last.length - 1));
  return [...kept, `… ${asks.length - kept.length} more: pawl status ${runId}`, ...last];
}

/** What a run waits for that has no place in its concurrency group. */
export function queueHint({ queue }: RunState): string[] {
  if (queue === undefined) return [];
  const [first, ...others] = queue.behind;
  const behind = first === undefined ? "" : `, behind ${[first, ...others].join(", ")} (pawl watch ${first})`;
  return [`the run waits for a place in its concurrency group ${queue.group}${behind}`];
}

/** How to let a paused run continue. */
export function pauseHint({ pausedSinceMs, status }: RunState, runId: string): string[] {
  if (pausedSinceMs === undefined || isOver(status)) return [];
  const since = new Date(pausedSinceMs).toTimeString().slice(0, 5);
  return [`the run is paused since ${since}, and starts no further stage: pawl unpause ${runId}`];
}

/** The settings of a stage that `retry` has changed in this run. */
export function changedBy({ id, changes }: StageState): string[] {
  return changes === undefined ? [] : [`${id} was changed by retry: ${changesText(changes).join(", ")}`];
}

function askFor(stage: StageState, runId: string): string[] {
  const { id, status, failure, child } = stage;
  if (status === "waiting" || child?.asks !== undefined) return [waitHint(stage, runId)];
  if (status !== "parked") return [];
  const next = failure?.facts.next;
  const how = `${id} waits for an action: pawl retry | skip | abort ${runId} ${id}`;
  return next === undefined ? [how] : [`${id}: ${next}`, how];
}

/** How to answer what a stage waits for. */
export function waitHint(
  { id, approval, child }: Pick<StageState, "id" | "approval" | "child">,
  runId: string,
): string {
  if (child?.asks !== undefined) return `${id} waits in a run of its own: ${answerCommand(child.asks)}`;
  if (approval !== undefined) return `${id} waits for an approval: pawl approve ${runId}`;
  return `${id} waits for choices: pawl choose ${runId}`;
}

/** The command that answers what a child waits for. */
export function answerCommand({ verb, run, stage }: ChildAsks): string {
  return verb === "retry" ? `pawl retry | skip | abort ${run} ${stage}` : `pawl ${verb} ${run} --stage ${stage}`;
}

/** The stages to show in `room` lines: active and failed ones first, then queued ones. */
function chosen(stages: StageState[], room: number): StageState[] {
  if (stages.length <= room) return stages;
  const rank = ({ status }: StageState): number =>
    ["running", "backingOff", "parked", "waiting", "failed"].includes(status) ? 0 : status === "queued" ? 1 : 2;
  const best = [...stages].sort((a, b) => rank(a) - rank(b)).slice(0, Math.max(0, room - 1));
  return stages.filter((stage) => best.includes(stage));
}

function hiddenText(stages: StageState[]): string {
  const waiting = stages.filter(({ status }) => status === "queued").length;
  const active = stages.filter(({ status }) => ["running", "backingOff", "parked", "waiting"].includes(status)).length;
  const counts = { "under way": active, waiting, ended: stages.length - waiting - active };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}

function queuedText(view: RunView, id: string): string {
  const { calls } = view.state.stages.find((stage) => stage.id === id) ?? {};
  if (calls !== undefined) return `waiting for a worker of the task queue ${calls.taskQueue} (${calls.activity})`;
  const gpu = stagesToRun(view.state.plan?.stages ?? [], view.state.stages).some(
    (stage) => stage.id === id && stage.resources.gpu > 0,
  );
  return gpu ? "waiting for a GPU worker (pawl worker --gpus 1)" : "waiting for a free worker process";
}

function width(texts: string[]): number {
  return Math.max(0, ...texts.map((text) => text.length));
}
