import type { RunView } from "../../api/reading/run-view.js";
import type { Terminal } from "../terminal.js";
import { changedStages, progressed } from "./changes.js";
import { pauseHint, queueHint, waitHint, runLines } from "./run-lines.js";
import { Screen } from "./screen.js";
import { oneLine } from "./values.js";
import { progressText, sign, stageDetail } from "./stage-line.js";
import { statusWords } from "../../report/stage-words.js";

/** Shows a run while it continues. */
export interface Observer {
  show(view: RunView, nowMs: number): void;
  /** Called before other output is written. */
  pause(): void;
  /** Nothing more will be shown; removes the progress display. */
  end(): void;
}

/** Without a terminal, progress is printed at most this often. */
const progressEveryMs = 10_000;

/**
 * The observer that fits the reader: a redrawn block, lines, or JSON lines.
 * @param address where else to see the run
 * @param now the system's monotonic clock; tests have others
 */
export function observer(terminal: Terminal, address?: string, now = () => performance.now()): Observer {
  if (terminal.json) return jsonLines(terminal);
  return terminal.interactive ? liveBlock(terminal, address) : plainLines(terminal, now);
}

const interruptHint = "Ctrl-C: leave (the run continues) or cancel";

function liveBlock(terminal: Terminal, address: string | undefined): Observer {
  const { colors } = terminal;
  const screen = new Screen((text) => terminal.write(text));
  let last: RunView | undefined;
  const draw = (view: RunView, nowMs: number): void => {
    const columns = terminal.columns();
    // The cursor stands below the block.
    const rows = terminal.rows() - 1;
    screen.draw(runLines(view, { columns, rows, colors, nowMs, address, hint: interruptHint }), columns);
  };
  const stop = terminal.onResize(() => {
    if (last !== undefined) draw(last, Date.now());
  });
  return {
    show(view, nowMs) {
      last = view;
      draw(view, nowMs);
    },
    pause() {
      last = undefined;
      screen.release();
    },
    end() {
      last = undefined;
      stop();
      screen.clear();
    },
  };
}

function plainLines(terminal: Terminal, now: () => number): Observer {
  let before: RunView | undefined;
  let reportedAt = -Infinity;
  return {
    show(view, nowMs) {
      const write = (id: string, text: string): void =>
        terminal.out(oneLine(`${clock(nowMs)}  ${id}  ${text}`.trimEnd()));
      for (const stage of changedStages(before, view)) {
        const detail =
          stage.status === "running" ? `attempt ${Math.max(1, stage.attempts)}` : stageDetail(stage, undefined, nowMs);
        write(`${sign(stage.status, terminal.colors)} ${stage.id}`, `${statusWords[stage.status]}  ${detail}`);
        if (stage.status === "parked" && stage.child?.asks === undefined)
          write("  ", `waits for an action: pawl retry | skip | abort ${view.runId} ${stage.id}`);
        if (stage.status === "waiting" || stage.child?.asks !== undefined) write("  ", waitHint(stage, view.runId));
      }
      const [queued] = queueHint(view.state);
      if (queued !== undefined && queued !== (before && queueHint(before.state)[0])) write("?", queued);
      const [paused] = pauseHint(view.state, view.runId);
      if (paused !== undefined && before?.state.pausedSinceMs === undefined) write("⏸", paused);
      if (view.note !== undefined && view.note !== before?.note) write("!", view.note);
      const updates = progressed(before, view);
      if (now() - reportedAt >= progressEveryMs && updates.length > 0) {
        for (const id of updates) write(`  ${id}`, progressText(view.progress[id]!));
        reportedAt = now();
        before = view;
      } else before = { ...view, progress: before?.progress ?? {} };
    },
    pause: () => undefined,
    end: () => undefined,
  };
}

function jsonLines(terminal: Terminal): Observer {
  let before: RunView | undefined;
  return {
    show(view) {
      const write = (event: object): void => terminal.out(JSON.stringify(event));
      for (const stage of changedStages(before, view)) write({ event: "stage", run: view.runId, ...stage });
      for (const id of progressed(before, view))
        write({ event: "progress", run: view.runId, stage: id, ...view.progress[id] });
      const { pausedSinceMs } = view.state;
      if (pausedSinceMs !== before?.state.pausedSinceMs)
        write({ event: "pause", run: view.runId, pausedSinceMs: pausedSinceMs ?? null });
      if (view.note !== before?.note) write({ event: "note", run: view.runId, message: view.note ?? null });
      before = view;
    },
    pause: () => undefined,
    end: () => undefined,
  };
}

function clock(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}
