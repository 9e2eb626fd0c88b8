import { mkdirSync, watch, type FSWatcher } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { append } from "../../platform/lists.js";
import { isMissing, systemCode } from "../errors.js";
import { layout, safeName } from "../home.js";
import { uncheckedLine, type LogEntry } from "./log.js";
import { namesIn } from "../temporary.js";

export interface LogQuery {
  /** Only this stage's lines. */
  stage?: string;
  /**
   * Continue until aborted, yielding lines as they are written; all that were written before are
   * yielded.
   */
  follow?: AbortSignal;
  /** Of the lines that are found together, only the newest. */
  newest?: NewestLines;
  /** Called with the number of damaged or incomplete lines, which are skipped. */
  onDamaged?: (count: number) => void;
}

export interface NewestLines {
  most: number;
  /** Called with the number of older lines that are left out. */
  onLeftOut: (count: number) => void;
}

/**
 * Network file systems send no change events, and not every watch is granted: check again after
 * this time in any case.
 */
const lookAgainMs = 1000;
/** Such checks take at most this share of the time, since a run has a file for each stage. */
const lookingShare = 0.05;
/** Bytes to read before yielding to other readers. */
const pieceBytes = 1 << 20;

/**
 * The lines of a run's log in order of time; those of one stage as they were written. Damaged lines
 * are left out.
 */
export async function* readLog(home: string, runId: string, query: LogQuery = {}): AsyncGenerator<LogEntry> {
  const directory = layout.log(home, runId);
  const only = query.stage === undefined ? undefined : `${safeName(query.stage)}.jsonl`;
  const tails = new Map<string, Tail>();
  const change = query.follow ? changesIn(directory, query.follow) : undefined;
  let lookAtAllAt = -Infinity;
  try {
    for (;;) {
      const isLast = query.follow === undefined || query.follow.aborted;
      const beganAt = performance.now();
      const isAll = isLast || beganAt >= lookAtAllAt;
      const seen = change?.mark();
      const changed = change?.changed() ?? [];
      const names = only !== undefined ? [only] : isAll ? namesIn(directory) : changed;
      let entries: LogEntry[] = [];
      for (const name of names) {
        if (!name.endsWith(".jsonl")) continue;
        const tail = tails.get(name) ?? new Tail(path.join(directory, name));
        tails.set(name, tail);
        for await (const { entries: piece, damaged } of tail.read()) {
          if (damaged > 0) query.onDamaged?.(damaged);
          append(entries, piece);
          if (only !== undefined && query.newest === undefined) yield* entries.splice(0);
          else if (query.newest && entries.length > 2 * query.newest.most)
            entries = newestEntries(entries, query.newest);
        }
      }
      if (isAll) lookAtAllAt = beganAt + Math.max(lookAgainMs, (performance.now() - beganAt) / lookingShare);
      yield* query.newest ? newestEntries(entries, query.newest) : only === undefined ? inOrder(entries) : entries;
      if (isLast) return;
      await change!.after(seen ?? 0);
    }
  } finally {
    change?.close();
  }
}

const inOrder = (entries: LogEntry[]): LogEntry[] =>
  entries.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));

function newestEntries(entries: LogEntry[], { most, onLeftOut }: NewestLines): LogEntry[] {
  if (entries.length > most) onLeftOut(entries.length - most);
  return inOrder(entries).slice(-most);
}

/** Reads a growing file line by line, from where it stopped the last time. */
class Tail {
  private position = 0;
  constructor(private readonly file: string) {}

  /** The new lines, in pieces. */
  async *read(): AsyncGenerator<{ entries: LogEntry[]; damaged: number }> {
    try {
      const handle = await open(this.file, "r");
      try {
        const { size } = await handle.stat();
        for (let most = pieceBytes; this.position < size;) {
          const bytes = Buffer.alloc(Math.min(most, size - this.position));
          const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.position);
          // Only whole lines are decoded, so that no character is cut in two.
          const end = bytes.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
          if (end === 0 && bytesRead < most) return;
          this.position += end;
          most = end === 0 ? 2 * most : pieceBytes;
          if (end === 0) continue;
          const lines = bytes.toString("utf8", 0, end - 1).split("\n");
          const entries = lines.flatMap(parseLine);
          yield { entries, damaged: lines.length - entries.length };
        }
      } finally {
        await handle.close();
      }
    } catch (error) {
      // An entry with the name of a log that is not a file holds no lines.
      if (!isMissing(error) && systemCode(error) !== "EISDIR") throw error;
    }
  }
}

function parseLine(line: string): LogEntry[] {
  try {
    const json = uncheckedLine(line);
    if (json === undefined) return [];
    const entry = JSON.parse(json) as Partial<LogEntry> | null;
    return typeof entry?.time === "string" && typeof entry.message === "string" ? [entry as LogEntry] : [];
  } catch {
    return [];
  }
}

/**
 * Returns undefined if the system refuses the watch: there is a limit on watches, as on open files.
 */
function tryWatch(directory: string, notice: (name?: string) => void): FSWatcher | undefined {
  try {
    return watch(directory, (_event, name) => notice(name ?? undefined)).on("error", () => notice());
  } catch {
    return undefined;
  }
}

/** Waits for changes in a directory without missing one between two checks. */
function changesIn(directory: string, signal: AbortSignal) {
  mkdirSync(directory, { recursive: true });
  let count = 0;
  let names = new Set<string>();
  let wake = (): void => {};
  const notice = (name?: string): void => {
    count++;
    if (name !== undefined) names.add(name);
    wake();
  };
  const aborted = (): void => notice();
  const watcher = tryWatch(directory, notice);
  signal.addEventListener("abort", aborted);
  return {
    mark: () => count,
    /** The names of what has changed since the last call, as far as the system reports them. */
    changed(): ReadonlySet<string> {
      const found = names;
      names = new Set();
      return found;
    },
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
      signal.removeEventListener("abort", aborted);
    },
  };
}
