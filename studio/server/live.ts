import type { Context } from "hono";
import { streamSSE, type SSEStreamingApi } from "hono/streaming";
import { cutText } from "../../platform/errors.js";
import { factsText } from "../../report/log-facts.js";
import type { LogEntry } from "../../store/history/log.js";
import { readLog } from "../../store/history/log-reader.js";
import { findPlan } from "../../store/records/runs.js";
import type { LogLine, LogMessage, RunMessage, RunsMessage, RunSummary } from "../messages.js";
import type { StudioContext } from "./context.js";
import { followOutput } from "./program-output.js";
import { runHead, stageCards } from "./run-message.js";

/** Sends one message to the page. */
type Send = (event: "runs" | "run" | "log" | "output" | "waiting", message: unknown) => Promise<void>;

/**
 * A connection that says nothing for longer may be cut by what lies between; it ends with the
 * session; ms.
 */
const aliveEveryMs = 15_000;
/** The page reconnects after this time, ms. */
const retryMs = 1000;

/**
 * `/api/live?runs&run=RUN&log=STAGE&output=STAGE`: server-sent events of what a page shows, in one
 * connection, since a browser has six of them for all pages of a host. Each topic begins with all,
 * and continues with what has changed: a page that has been away is up to date after the first
 * message.
 * @param onWatcher called with 1 when a page connects, and with -1 when it leaves
 */
export function live(c: Context, context: StudioContext, onWatcher: (by: 1 | -1) => void): Response {
  const { runs, run, log, output } = c.req.query();
  return streamSSE(c, async (stream) => {
    const closed = new AbortController();
    stream.onAbort(() => closed.abort());
    onWatcher(1);
    let id = 0;
    const send: Send = (event, message) =>
      stream.writeSSE({ event, data: JSON.stringify(message), id: String(++id), retry: retryMs });
    const stillMay = async (): Promise<void> => {
      if ((await context.sessions.findVisitor(c.get("session"))) === undefined) closed.abort();
      else await stream.write(":\n\n");
    };
    const alive = setInterval(() => void stillMay(), aliveEveryMs);
    try {
      await Promise.all([
        sendBoard(context, closed.signal, send, runs !== undefined),
        run === undefined ? undefined : sendRun(context, run, closed.signal, send),
        run === undefined || log === undefined ? undefined : sendLog(context, run, log, closed.signal, send),
        run === undefined || output === undefined ? undefined : sendOutput(context, run, output, closed.signal, send),
      ]);
      await untilLeft(stream, closed.signal);
    } finally {
      clearInterval(alive);
      closed.abort();
      onWatcher(-1);
    }
  });
}

/** A topic that has ended does not end the connection: the page would reconnect again and again. */
function untilLeft(stream: SSEStreamingApi, closed: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (closed.aborted || stream.closed) resolve();
    closed.addEventListener("abort", () => resolve());
  });
}

/** How many things wait for people, for all pages; the list of runs only for those that show it. */
async function sendBoard(context: StudioContext, closed: AbortSignal, send: Send, hasList: boolean): Promise<void> {
  const sent = new Map<string, { run: RunSummary; text: string }>();
  let count = -1;
  let stateSent: string | undefined;
  for await (const { runs, server, problem } of context.board.follow(closed)) {
    // A stage that is a run of its own, and that run, wait for the same.
    const waiting = new Set(runs.flatMap(({ waits }) => waits.map(({ run, stage }) => `${run}/${stage}`))).size;
    if (waiting !== count) await send("waiting", { count: (count = waiting) });
    if (!hasList) continue;
    const changed = runs.filter((run) => {
      const before = sent.get(run.run);
      if (before?.run === run) return false;
      const text = JSON.stringify(run);
      sent.set(run.run, { run, text });
      return before?.text !== text;
    });
    const present = new Set(runs.map(({ run }) => run));
    const removed = [...sent.keys()].filter((run) => !present.has(run));
    for (const run of removed) sent.delete(run);
    const stateText = JSON.stringify([server, problem]);
    if (changed.length + removed.length === 0 && stateText === stateSent) continue;
    const isAll = stateSent === undefined;
    stateSent = stateText;
    const rest = { server, ...(isAll && { isAll }), ...(problem && { problem }) };
    await send("runs", { runs: changed, removed, ...rest } satisfies RunsMessage);
  }
}

/** One run: its head and its stages whenever they change. */
async function sendRun(context: StudioContext, run: string, closed: AbortSignal, send: Send): Promise<void> {
  let sent = new Map<string, string>();
  let headSent = "";
  for await (const { view, temporalUi, problem } of context.runs.follow(run, closed)) {
    if (view === undefined) {
      const problemText = JSON.stringify(problem);
      if (problemText !== headSent) await send("run", { stages: [], ...(problem && { problem }) } satisfies RunMessage);
      headSent = problemText;
      continue;
    }
    const nowMs = Date.now();
    const head = runHead(view, nowMs, temporalUi, context.rates);
    const cards = stageCards(view, nowMs).map((card) => ({ card, text: JSON.stringify(card) }));
    const isAll = cards.length !== sent.size || cards.some(({ card }) => !sent.has(card.id));
    const changed = isAll ? cards : cards.filter(({ card, text }) => sent.get(card.id) !== text);
    sent = new Map(cards.map(({ card, text }) => [card.id, text]));
    const headText = JSON.stringify([head, problem]);
    if (changed.length === 0 && headText === headSent) continue;
    headSent = headText;
    await send("run", {
      ...{ head, stages: changed.map(({ card }) => card) },
      ...(isAll && { isAll }),
      ...(problem && { problem }),
    } satisfies RunMessage);
  }
}

/** Maximum number of lines in a message, the newest; and characters of a line. */
const maxLines = 2000;
const maxLineLength = 16_384;
/** Lines that come together are one message, ms. */
const togetherMs = 50;

/** Whether the store has a run; why it cannot be read is shown with the run. */
async function isReadable(home: string, run: string): Promise<boolean> {
  return (await findPlan(home, run).catch(() => undefined)) !== undefined;
}

/** The log of a run, or of one of its stages (`*`: of all), then each new line. */
async function sendLog(
  { home }: StudioContext,
  run: string,
  stage: string,
  closed: AbortSignal,
  send: Send,
): Promise<void> {
  // To follow the log of a run that does not exist would create its directory.
  if (!(await isReadable(home, run))) return;
  let lines: LogLine[] = [];
  let leftOut = 0;
  let isStart = true;
  const flush = async (): Promise<void> => {
    const message: LogMessage = { lines, ...(leftOut > 0 && { leftOut }), ...(isStart && { isStart }) };
    [lines, leftOut, isStart] = [[], 0, false];
    await send("log", message);
  };
  await flush();
  isStart = true;
  let timer: NodeJS.Timeout | undefined;
  const onDamaged = (count: number): void => {
    const message = `${count} damaged ${count === 1 ? "line is" : "lines are"} left out`;
    lines.push(toLogLine({ time: new Date().toISOString(), stage: stage === "*" ? "" : stage, attempt: 0, message }));
  };
  const newest = { most: maxLines, onLeftOut: (count: number) => void (leftOut += count) };
  for await (const entry of readLog(home, run, {
    follow: closed,
    newest,
    onDamaged,
    ...(stage !== "*" && { stage }),
  })) {
    lines.push(toLogLine(entry));
    timer ??= setTimeout(() => {
      timer = undefined;
      if (lines.length > maxLines) leftOut += lines.splice(0, lines.length - maxLines).length;
      void flush();
    }, togetherMs);
  }
  clearTimeout(timer);
}

/** Streams the output of a stage's program. */
async function sendOutput(
  { home, runs }: StudioContext,
  run: string,
  stage: string,
  closed: AbortSignal,
  send: Send,
): Promise<void> {
  if (!(await isReadable(home, run))) return;
  let known = 0;
  // What keeps a run from being read is shown with the run.
  const attempts = async (): Promise<number> => {
    const view = await runs.view(run).catch(() => undefined);
    return (known = view?.state.stages.find(({ id }) => id === stage)?.attempts ?? known);
  };
  for await (const message of followOutput(home, run, stage, attempts, closed)) await send("output", message);
}

/** A line as the page shows it, cut if it is very long. */
export function toLogLine({ time, stage, attempt, message, data }: LogEntry): LogLine {
  const facts = factsText(data ?? {});
  const length = message.length + facts.length;
  return {
    ...{ time, stage, attempt, message: cutText(message, maxLineLength), facts: cutText(facts, maxLineLength) },
    ...(message.length > maxLineLength || facts.length > maxLineLength ? { cutFrom: length } : {}),
  };
}
