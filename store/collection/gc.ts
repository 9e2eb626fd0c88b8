import { link, lstat, readdir, rename, rm, rmdir } from "node:fs/promises";
import path from "node:path";
import { storeError, systemCode } from "../errors.js";
import { layout, safeName } from "../home.js";
import { completeReplacements } from "../artifacts/owned-directory.js";
import { moveAside } from "../artifacts/sealed-directory.js";
import { findReach, lastUse, runDirectories, type Reason, type RunDirectory } from "./reach.js";
import { leftovers, namesIn, temporaryName } from "../temporary.js";
import type { RunRecord } from "../records/record-types.js";

/** What `gc` may remove. */
export interface GcOptions {
  /** Remove only what was not used since, epoch ms. */
  beforeMs: number;
  /**
   * Also remove succeeded runs that ended before, except for this number of newest runs. Absent:
   * remove no runs.
   */
  keepRuns?: number;
  /** Only report what would be removed. */
  dryRun: boolean;
}

export type GcKind = "run" | "result" | "artifact" | "checkpoint" | "metrics" | "damaged" | "temporary";

/** Why entries are removed or kept. */
export type GcReason = Reason | "unreached" | "old" | "newest" | "resumable" | "unasked" | "leftover" | "elsewhere";

/** Entries of one kind that are removed, or stay, for one reason. */
export interface GcRow {
  kind: GcKind;
  removed: boolean;
  why: GcReason;
  number: number;
  bytes: number;
}

export interface GcReport {
  rows: GcRow[];
  /** Ids of the runs that are removed. */
  runs: string[];
}

/**
 * Removes what nothing can reach from the store (`findReach`), and what killed processes have left
 * behind. Runs may start and continue meanwhile: whoever takes something from the store touches it
 * (`touch`), and what is removed is first renamed and then looked at again, so that it goes back if
 * it was touched in between. A kill leaves an entry either in its place or among the temporary
 * ones, which no reader takes for anything.
 * @throws PawlError STORE_UNREADABLE
 */
export async function collectGarbage(home: string, options: GcOptions): Promise<GcReport> {
  try {
    return await collect(home, options);
  } catch (error) {
    throw storeError(error, home);
  }
}

async function collect(home: string, options: GcOptions): Promise<GcReport> {
  const sweep = new Sweep(home, options);
  await sweep.temporary();
  const { stay, gone } = await sweep.runs();
  const reach = await findReach(home, stay, options.beforeMs);
  for (const [kind, directory] of [
    ["result", layout.results(home)],
    ["artifact", layout.objects(home)],
    ["metrics", layout.allMetrics(home)],
  ] as const)
    for (const name of namesIn(directory))
      await sweep.entry(kind, path.join(directory, name), reach.get(path.basename(name, ".json")));
  for (const key of namesIn(layout.allCheckpoints(home))) await sweep.checkpoints(key, reach);
  await sweep.damaged();
  return { rows: sweep.tally.rows(), runs: gone };
}

/** Processes the store, one kind of entry after the other. */
class Sweep {
  readonly tally = new Tally();
  readonly #home: string;
  readonly #options: GcOptions;

  constructor(home: string, options: GcOptions) {
    this.#home = home;
    this.#options = options;
  }

  /** Collects what killed processes left behind. */
  async temporary(): Promise<void> {
    if (!this.#options.dryRun) await completeReplacements(this.#home);
    const { abandoned, elsewhere } = await leftovers(this.#home);
    for (const entry of elsewhere) this.tally.add("temporary", false, "elsewhere", await entrySize(entry));
    for (const entry of abandoned) {
      this.tally.add("temporary", true, "leftover", await entrySize(entry));
      if (!this.#options.dryRun) await rm(entry, { recursive: true, force: true });
    }
  }

  /** @returns the runs that stay, and the ids of the others */
  async runs(): Promise<{ stay: RunDirectory[]; gone: string[] }> {
    const { beforeMs, dryRun } = this.#options;
    const [stay, gone]: [RunDirectory[], string[]] = [[], []];
    for (const { why, ...run } of await sortRuns(this.#home, this.#options)) {
      const directory = path.join(layout.runs(this.#home), run.name);
      const bytes = await entrySize(directory);
      const removed = why === "old" && (dryRun || (await removeUnused(this.#home, directory, beforeMs, lastRunUse)));
      this.tally.add("run", removed, removed || why !== "old" ? why : "recent", bytes);
      if (removed) gone.push(run.record!.runId);
      else stay.push(run);
    }
    return { stay, gone: gone.sort() };
  }

  /** @param why the reason to keep it; absent: it is removed unless used meanwhile */
  async entry(kind: GcKind, entry: string, why: Reason | undefined): Promise<void> {
    const { beforeMs, dryRun } = this.#options;
    const bytes = await entrySize(entry);
    const isOld = why === undefined && ((await lastUse(entry)) ?? Infinity) <= beforeMs;
    const removed = isOld && (dryRun || (await removeUnused(this.#home, entry, beforeMs)));
    this.tally.add(kind, removed, removed ? "unreached" : (why ?? "recent"), bytes);
  }

  /** The checkpoints of a key stay or go together: the newest one counts. */
  async checkpoints(key: string, reach: ReadonlyMap<string, Reason>): Promise<void> {
    const { beforeMs, dryRun } = this.#options;
    const directory = layout.checkpoints(this.#home, key);
    const entries = namesIn(directory).map((name) => path.join(directory, name));
    const uses = await Promise.all(entries.map(lastUse));
    const isRecent = uses.some((time) => (time ?? 0) > beforeMs);
    const why = reach.get(key) ?? (isRecent ? "recent" : undefined);
    for (const entry of entries) await this.entry("checkpoint", entry, why);
    if (why === undefined && !dryRun) await removeEmpty(directory);
  }

  /** Collects damaged entries that were moved aside. */
  async damaged(): Promise<void> {
    const { beforeMs, dryRun } = this.#options;
    for (const name of namesIn(layout.corrupt(this.#home))) {
      const entry = path.join(layout.corrupt(this.#home), name);
      const isOld = damagedSince(name) <= beforeMs;
      this.tally.add("damaged", isOld, isOld ? "old" : "recent", await entrySize(entry));
      if (isOld && !dryRun) await rm(entry, { recursive: true, force: true });
    }
  }
}

/** Counts entries by kind, reason and whether they are removed. */
class Tally {
  readonly #rows = new Map<string, GcRow>();

  add(kind: GcKind, removed: boolean, why: GcReason, bytes: number): void {
    const name = `${kind} ${removed} ${why}`;
    const row = this.#rows.get(name) ?? { kind, removed, why, number: 0, bytes: 0 };
    this.#rows.set(name, { ...row, number: row.number + 1, bytes: row.bytes + bytes });
  }

  /** By kind, in the order in which kinds came; what is removed first, then by reason. */
  rows(): GcRow[] {
    const rows = [...this.#rows.values()];
    const kinds = [...new Set(rows.map(({ kind }) => kind))];
    const order = (a: GcRow, b: GcRow): number =>
      kinds.indexOf(a.kind) - kinds.indexOf(b.kind) ||
      Number(b.removed) - Number(a.removed) ||
      a.why.localeCompare(b.why);
    return rows.sort(order);
  }
}

/**
 * Why each run stays; "old": it does not. Only runs that succeeded have an end that nothing
 * continues.
 */
async function sortRuns(
  home: string,
  { beforeMs, keepRuns }: GcOptions,
): Promise<(RunDirectory & { why: "otherVersion" | "resumable" | "unasked" | "newest" | "recent" | "old" })[]> {
  const runs = await runDirectories(home);
  const startTime = ({ record }: RunDirectory): string => record?.startedAt ?? "";
  const named = new Map(runs.map((run) => [run.name, run]));
  const newestFirst = runs.sort((a, b) => startTime(b).localeCompare(startTime(a)));
  return Promise.all(
    newestFirst.map(async (run, i) => {
      if (run.other !== undefined) return { ...run, why: "otherVersion" as const };
      if (isOpen(run.record, named)) return { ...run, why: "resumable" as const };
      if (keepRuns === undefined) return { ...run, why: "unasked" as const };
      if (i < keepRuns) return { ...run, why: "newest" as const };
      const used = (await lastRunUse(path.join(layout.runs(home), run.name))) ?? 0;
      return { ...run, why: used > beforeMs ? ("recent" as const) : ("old" as const) };
    }),
  );
}

/**
 * Whether a run has not succeeded, or is the child of one that has not: its results are those of a
 * stage of that run.
 */
function isOpen(record: RunRecord | undefined, runs: ReadonlyMap<string, RunDirectory>): boolean {
  if (record?.status !== "succeeded") return true;
  const { runId, parent } = record;
  // The id of a child begins with that of its parent, whatever a record says.
  const above = parent && runId.startsWith(`${parent.run}.`) ? runs.get(safeName(parent.run)) : undefined;
  return above !== undefined && isOpen(above.record, runs);
}

/** A run is written to its record when it ends, or when it is imported. */
const lastRunUse = (directory: string): Promise<number | undefined> => lastUse(path.join(directory, "record.json"));

/**
 * Removes an entry of the store. Returns false if it was used meanwhile or another process removes
 * it.
 */
async function removeUnused(home: string, entry: string, beforeMs: number, readLastUse = lastUse): Promise<boolean> {
  const aside = await temporaryName(home, "removal");
  if (!(await moveAside(entry, aside))) return false;
  const isUsed = ((await readLastUse(aside)) ?? 0) > beforeMs;
  if (isUsed) await putBack(aside, entry);
  await rm(aside, { recursive: true, force: true });
  return !isUsed;
}

/** Gives an entry its name again, unless an equal one has it by now. */
async function putBack(aside: string, entry: string): Promise<void> {
  try {
    // A link replaces no newer file; a rename replaces no directory that holds anything.
    if ((await lstat(aside)).isDirectory()) await rename(aside, entry);
    else await link(aside, entry);
  } catch (error) {
    if (!["EEXIST", "ENOTEMPTY"].includes(systemCode(error) ?? "")) throw error;
  }
}

async function removeEmpty(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOENT"].includes(systemCode(error) ?? "")) throw error;
  }
}

/**
 * Reads from its name when a damaged entry was moved aside. Returns Infinity if the name does not
 * say.
 */
function damagedSince(name: string): number {
  const [, time] = /-(\d{13,})-\d+$/.exec(name) ?? [];
  return time === undefined ? Infinity : Number(time);
}

/** Bytes of a file, or of all files in a directory; 0 if it no longer exists. */
async function entrySize(entry: string): Promise<number> {
  try {
    const found = await lstat(entry);
    if (!found.isDirectory()) return found.size;
    let bytes = 0;
    for (const name of await readdir(entry)) bytes += await entrySize(path.join(entry, name));
    return bytes;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return 0;
    throw error;
  }
}
