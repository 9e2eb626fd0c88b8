import { answerCommand } from "../../api/acting/answer-command.js";
import { isOver, statusSigns, type RunState, type StageState } from "../../schemas/run.js";
import { hasEnded, isFinished, type RunView } from "../../api/reading/run-view.js";
import { runStatusWord } from "../../report/stage-words.js";
import { ago, shortNumber } from "../../report/values.js";
import type { Colors } from "../terminal.js";
import { shareDone, timeLeft } from "../../api/watching/time-left.js";
import type { Canvas } from "./canvas.js";
import { bar } from "./drawings.js";
import { fitted, padded, shortened, wrapped, type Segment } from "./segments.js";
import { changesText } from "./settings.js";
import { statusColor, firstLine, sign } from "./stage-line.js";
import { combinationSegment, remainingText, ranks, safe, secondsText, stageSegments } from "./stage-segments.js";
import { fold, foldTree, rowKind, buildTree, type FoldedRow, type Row, type RowKind, type StageRow } from "./tree.js";
import { cut, plain } from "./values.js";
import { displayWidth } from "./width.js";

/**
 * A run as lines that fit into the canvas: one for the run, the tree of its stages, and notes.
 * Below a stage that failed or waits stands why, and the command that answers. On a narrow canvas,
 * details yield before progress, loss and ETA; on a low one, stages that have ended or are queued
 * fold into one line each.
 */
export function runLines(view: RunView, canvas: Canvas): string[] {
  const { columns, rows = Infinity, colors } = canvas;
  const notes = runNotes(view, new Date(canvas.nowMs)).flatMap((note) =>
    wrapped(safe(note), columns - 2, maxNoteLines),
  );
  const below = notes.slice(0, Math.max(1, Math.floor(rows / 3))).map((note) => `  ${colors.yellow(note)}`);
  const stages = stageLines(view, canvas, Math.max(0, rows - 1 - below.length));
  const lines = [headLine(view, canvas), ...stages, ...below];
  if (canvas.hint !== undefined && lines.length < rows) lines.push(colors.dim(`  ${canvas.hint}`));
  return lines.slice(0, Math.max(1, rows)).map((line) => cut(line.trimEnd(), columns));
}

const maxNoteLines = 3;

/** `tiny-abc234  ● running 43 %  2 of 6 done  1m 05s  3m 05s left`. */
function headLine(view: RunView, { columns, colors, nowMs, address }: Canvas): string {
  const { state, runId } = view;
  const { stages, status } = state;
  const runs = !hasEnded(view) && status !== "loading";
  const remaining = runs && status === "running" ? timeLeft(view, nowMs) : undefined;
  const share = runs && stages.length > 0 ? ` ${Math.min(99, Math.floor(100 * shareDone(view)))} %` : "";
  const ofRun = status === "loading" ? "queued" : status === "paused" ? "parked" : status;
  const segments: Segment[] = [
    { text: shortened(safe(runId), Math.floor(columns / 2)), paint: colors.bold, rank: 0 },
    { text: `${statusSigns[ofRun]} ${runStatusWord(status)}${share}`, paint: statusColor(ofRun, colors) },
    { text: stages.length > 0 ? doneText(stages) : "", rank: 1 },
    { text: secondsText((view.endedAtMs ?? nowMs) - view.startedAtMs), paint: colors.dim, rank: ranks.phase },
    { text: remaining === undefined ? "" : remainingText(remaining) },
    { text: state.priority === undefined ? "" : `priority ${state.priority}`, paint: colors.dim, rank: ranks.unit },
    { text: address === undefined ? "" : safe(address), paint: colors.dim, rank: ranks.detail },
  ];
  return fitted(segments, columns).text;
}

const doneText = (stages: readonly StageState[]): string =>
  `${shortNumber(stages.filter(({ status }) => isFinished(status)).length)} of ${shortNumber(stages.length)} done`;

/**
 * Notes for the reader that are not about a single stage; the last one says why the view may be out
 * of date.
 */
function runNotes(view: RunView, now: Date): string[] {
  const { state, runId } = view;
  return [
    ...queueHint(state),
    ...pauseHint(state, runId),
    ...(view.note !== undefined && !hasEnded(view) ? [view.note] : []),
    ...(view.asOf !== undefined ? [`as its log has it; last line ${ago(new Date(view.asOf), now)}`] : []),
  ];
}

/** Says what a run without a place in its concurrency group waits for. */
export function queueHint({ queue }: RunState): string[] {
  if (queue === undefined) return [];
  const [first, ...others] = queue.behind;
  const behind = first === undefined ? "" : `, behind ${[first, ...others].join(", ")} (pawl watch ${first})`;
  return [`the run waits for a place in its concurrency group ${queue.group}${behind}`];
}

/** How to let a paused run continue. */
export function pauseHint({ pausedSinceMs, pausedBy, status }: RunState, runId: string): string[] {
  if (pausedSinceMs === undefined || isOver(status)) return [];
  const since = new Date(pausedSinceMs).toTimeString().slice(0, 5);
  const paused = pausedBy === undefined ? "paused" : `paused with ${pausedBy}`;
  return [`the run is ${paused} since ${since}, and starts no further stage: pawl unpause ${pausedBy ?? runId}`];
}

/** The settings of a stage that `retry` has changed in this run. */
export function changedBy({ id, changes }: StageState): string[] {
  return changes === undefined ? [] : [`${id} was changed by retry: ${changesText(changes).join(", ")}`];
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

/** The stages in at most `room` lines. */
function stageLines(view: RunView, canvas: Canvas, room: number): string[] {
  const tree = buildTree(view);
  const below = new Map(tree.map((row) => [row, explainRow(row, canvas)]));
  const rowHeight = (row: Row): number => {
    const { why = [], command = [] } = ("folded" in row ? undefined : below.get(row)) ?? {};
    return 1 + why.length + command.length;
  };
  let rows = foldTree(tree, room, rowHeight);
  let over = rows.reduce((sum, row) => sum + rowHeight(row), 0) - room;
  // From the last stage on, reasons yield first, then commands, then stages that are alive.
  for (const part of ["why", "command"] as const)
    for (const row of [...rows].reverse()) {
      if ("folded" in row || over <= 0) continue;
      over -= below.get(row)![part].length;
      below.set(row, { ...below.get(row)!, [part]: [] });
    }
  rows = fold(rows, "alive", over, rowHeight);
  const layout = chooseLayout(rows, canvas);
  return rows.flatMap((row, i) => {
    if ("folded" in row) return [foldedLine(row, canvas)];
    const { why, command } = below.get(row)!;
    return [stageLine(row, isLast(rows, i), layout, canvas).text, ...why, ...command];
  });
}

/** The lines below a stage. */
interface Explanation {
  /** Why it failed or waits, and what to do next. */
  why: string[];
  /** The command that answers. */
  command: string[];
}

function explainRow({ view, stage, depth, members }: StageRow, { columns, colors }: Canvas): Explanation {
  const { id, status, failure, child, changes, approval, reason } = stage;
  const indent = " ".repeat(4 + 2 * depth);
  const lines = (text: string, most: number, paint: (text: string) => string): string[] =>
    wrapped(safe(text), columns - indent.length, most).map((line) => `${indent}${paint(line)}`);
  const asks = child?.asks !== undefined;
  const changed = changes === undefined ? "" : `changed by retry: ${changesText(changes).join(", ")}`;
  const changeLines = lines(changed, 2, colors.dim);
  if (members.length > 0 && !asks) return { why: changeLines, command: [] };
  if (asks || status === "waiting") {
    const why = asks ? "" : firstLine(approval?.message);
    return {
      why: [...changeLines, ...lines(why, 2, String)],
      command: lines(waitHint(stage, view.runId), Infinity, colors.yellow),
    };
  }
  if (status === "backingOff")
    return { why: [...changeLines, ...lines(firstLine(reason), 2, colors.dim)], command: [] };
  if (status !== "failed" && status !== "parked") return { why: changeLines, command: [] };
  const next = failure?.facts.next === undefined ? "" : `next: ${failure.facts.next}`;
  const answer = status === "parked" ? `waits for an action: pawl retry | skip | abort ${view.runId} ${id}` : "";
  return {
    why: [...changeLines, ...lines(firstLine(failure?.message ?? reason), 3, String), ...lines(next, 2, colors.dim)],
    command: lines(answer, Infinity, colors.yellow),
  };
}

interface Layout {
  idWidth: number;
  /** 0: types are left out. */
  typeWidth: number;
}

/** Columns that ids have on any terminal. */
const narrowest = 5;

/** With the types of stages unless a curve or a bar would have to yield to them. */
function chooseLayout(rows: readonly Row[], canvas: Canvas): Layout {
  const { columns } = canvas;
  const visible = rows.filter((row): row is StageRow => !("folded" in row));
  const widest = (texts: string[], most: number): number => Math.min(most, Math.max(0, ...texts.map(displayWidth)));
  const idWidth = widest(
    visible.map(({ stage, depth }) => `${" ".repeat(2 * depth)}${stage.id}`),
    Math.max(narrowest, Math.floor(columns / 4)),
  );
  const typeWidth = widest(
    visible.map(({ type }) => type),
    Math.max(narrowest, Math.floor(columns / 6)),
  );
  const fullWidths = { idWidth, typeWidth };
  const fits = visible.every(
    (row) => stageLine(row, false, fullWidths, canvas).leftOut >= ranks.speed || !isRunning(row),
  );
  return fits ? fullWidths : { idWidth, typeWidth: 0 };
}

const isRunning = ({ stage }: StageRow): boolean => stage.status === "running" || stage.status === "waiting";

function isLast(rows: readonly Row[], index: number): boolean {
  const [row, next] = [rows[index] as StageRow, rows[index + 1]];
  return next === undefined || "folded" in next || next.depth < row.depth;
}

function stageLine(row: StageRow, last: boolean, { idWidth, typeWidth }: Layout, canvas: Canvas) {
  const { view, stage, type, depth, members } = row;
  const { colors, columns, nowMs } = canvas;
  const branch = depth === 0 ? "" : `${"  ".repeat(depth - 1)}${last ? "└" : "├"} `;
  const idRoom = idWidth - displayWidth(branch);
  const segments: Segment[] = [
    { text: padded(shortened(stage.id, idRoom), idRoom) },
    { text: typeWidth === 0 ? "" : padded(shortened(type, typeWidth), typeWidth), paint: colors.dim },
    combinationSegment(stage, canvas),
    ...(members.length > 0 ? memberSegments(row, colors, nowMs) : stageSegments(view, stage, canvas)),
  ];
  const begin = `  ${colors.dim(branch)}${sign(stage.status, colors)} `;
  const { text, leftOut } = fitted(segments, columns - displayWidth(plain(begin)));
  return { text: `${begin}${text}`, leftOut };
}

/** `▓▓▓▓░░░░░░ 3 of 8 done  2 running  1 failed`. */
function memberSegments({ view, stage, members }: StageRow, colors: Colors, nowMs: number): Segment[] {
  const ended = members.filter(({ status }) => isFinished(status)).length;
  const of = (wanted: RowKind, isIn: (stage: StageState) => boolean = () => true): number =>
    members.filter((member) => rowKind(member.status) === wanted && isIn(member)).length;
  const failed = of("alive", ({ status }) => status === "failed");
  const counts = [
    [of("alive") - failed, "under way"],
    [failed, "failed"],
    [of("queued"), "queued"],
  ] as const;
  const child = view.children?.[stage.id];
  const remaining = child && timeLeft(child, nowMs);
  return [
    { text: bar(ended / members.length), rank: ranks.bar },
    { text: doneText(members), paint: statusColor(stage.status, colors), close: true },
    ...counts.map(([count, word], i) => ({ text: count > 0 ? `${count} ${word}` : "", rank: ranks.detail - i })),
    { text: remaining === undefined ? "" : remainingText(remaining) },
    { text: child === undefined ? "" : `run ${safe(child.runId)}`, rank: ranks.detail + 1, paint: colors.dim },
  ];
}

/** `✓ 21 done  speeches, novel, …`. */
function foldedLine({ folded, names, count }: FoldedRow, { colors, columns }: Canvas): string {
  const status = { done: "succeeded", queued: "queued", alive: "running" } as const;
  const word = { done: "done", queued: "queued", alive: "more under way or failed" } as const;
  const segments: Segment[] = [
    {
      text: `${statusSigns[status[folded]]} ${shortNumber(count)} ${word[folded]}`,
      paint: statusColor(status[folded], colors),
    },
    { text: names.slice(0, maxNames).join(", "), paint: colors.dim },
  ];
  return `  ${fitted(segments, columns - 2).text}`;
}

/** Maximum number of names of folded stages. The rest would be truncated anyway. */
const maxNames = 30;
