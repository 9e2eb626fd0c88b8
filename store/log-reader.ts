import { mkdirSync, watch, type FSWatcher } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { append } from "../platform/lists.js";
import { isMissing, systemCode } from "./errors.js";
import { layout, safeName } from "./home.js";
import type { LogEntry } from "./log.js";
import { namesIn } from "./temporary.js";

export interface LogQuery {
  /** Only this stage's lines. */
  stage?: string;
  /** Continue until aborted, yielding lines as they are written; all that were written before are yielded. */
  follow?: AbortSignal;
}

/** Network file systems send no change events, and not every watch is granted: check again after this time in any case. */
const lookAgainMs = 1000;

/** The lines of a run's log in order of time. Half-written lines are skipped. */
export async function* readLog(home: string, runId: string, query: LogQuery = {}): AsyncGenerator<LogEntry> {
  const directory = layout.log(home, runId);
  const tails = new Map<string, Tail>();
  const change = query.follow ? changesIn(directory, query.follow) : undefined;
  try {
    for (;;) {
      const isLast = query.follow === undefined || query.follow.aborted;
      const seen = change?.mark();
      const entries: LogEntry[] = [];
      for (const name of namesIn(directory)) {
        if (!name.endsWith(".jsonl") || (query.stage !== undefined && name !== `${safeName(query.stage)}.jsonl`))
          continue;
        const tail = tails.get(name) ?? new Tail(path.join(directory, name));
        tails.set(name, tail);
        append(entries, await tail.read());
      }
      yield* entries.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
      if (isLast) return;
      await change!.after(seen ?? 0);
    }
  } finally {
    change?.close();
  }
}

/** Reads a growing file line by line, from where it stopped the last time. */
class Tail {
  private position = 0;
  constructor(private readonly file: string) {}

  async read(): Promise<LogEntry[]> {
    let text = "";
    try {
      const handle = await open(this.file, "r");
      try {
        const { size } = await handle.stat();
        const bytes = Buffer.alloc(Math.max(0, size - this.position));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.position);
        // Only whole lines are decoded, so that no character is cut in two.
        const end = bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
        text = bytes.toString("utf8", 0, end);
        this.position += end;
      } finally {
        await handle.close();
      }
    } catch (error) {
      // An entry with the name of a log that is not a file holds no lines.
      if (!isMissing(error) && systemCode(error) !== "EISDIR") throw error;
    }
    return text.split("\n").flatMap(parseLine);
  }
}

function parseLine(line: string): LogEntry[] {
  try {
    const entry = JSON.parse(line) as Partial<LogEntry> | null;
    return typeof entry?.time === "string" && typeof entry.message === "string" ? [entry as LogEntry] : [];
  } catch {
    return [];
  }
}

/** Undefined if the system refuses to watch: it has a limit on watches, as on open files. */
function tryWatch(directory: string, notice: () => void): FSWatcher | undefined {
  try {
    return watch(directory, notice).on("error", notice);
  } catch {
    return undefined;
  }
}

/** Waits for changes in a directory without missing one between two checks. */
function changesIn(directory: string, signal: AbortSignal) {
  mkdirSync(directory, { recursive: true });
  let count = 0;
  let wake = (): void => {};
  const notice = (): void => {
    count++;
    wake();
  };
  const watcher = tryWatch(directory, notice);
  signal.addEventListener("abort", notice);
  return {
    mark: () => count,
    async after(seen: number): Promise<void> {
      if (count !== seen || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, lookAgainMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    },
    close(): void {
      watcher?.close();
      signal.removeEventListener("abort", notice);
    },
  };
}
