import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import type { JsonObject } from "../../platform/json.js";
import { append } from "../../platform/lists.js";
import { mapBounded } from "../../platform/map-bounded.js";
import { sortedResults } from "../records/all-results.js";
import { digestsInFile, digestsInText } from "../artifacts/digests-in.js";
import { isMissing } from "../errors.js";
import { layout, safeName } from "../home.js";
import { OtherVersion, readAnyRecord } from "../records/records.js";
import { recordKinds } from "../records/shapes.js";
import { namesIn } from "../temporary.js";
import type { ResultRecord, RunRecord } from "../records/record-types.js";

/** Why something stays in the store. */
export type Reason = "run" | "recent" | "underWay" | "otherVersion";

/** A directory below `runs/`, and the run's record if it can be read. */
export interface RunDirectory {
  name: string;
  record?: RunRecord;
  /** A record or plan that another version wrote. */
  other?: JsonObject;
}

/** Files that are read at the same time. */
const filesAtOnce = 16;

/** Every run of the store. */
export async function runDirectories(home: string): Promise<RunDirectory[]> {
  const names = namesIn(layout.runs(home));
  return mapBounded(names, filesAtOnce, async (name) => {
    const fileNamed = (file: string): string => path.join(layout.runs(home), name, file);
    const record = await readAnyRecord(home, fileNamed("record.json"), recordKinds.run);
    if (record instanceof OtherVersion) return { name, other: record.record };
    const plan = await readAnyRecord(home, fileNamed("plan.json"), recordKinds.plan);
    if (plan instanceof OtherVersion) return { name, other: { ...record } as JsonObject };
    return record !== undefined && safeName(record.runId) === name ? { name, record } : { name };
  });
}

/** Returns when something was last used, epoch ms, or undefined if it does not exist. */
export async function lastUse(entry: string): Promise<number | undefined> {
  try {
    return (await stat(entry)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * What the store has to keep, by artifact digest or stage key, and why. Runs reach every digest
 * that one of their files holds, whatever it means there (outputs, keys, choices, literals in the
 * definition, lines of the log), and the results that they made. What a result that stays names,
 * inputs and outputs, stays; so do the results that made an artifact that stays: lineage, and what
 * a model has learned from, are read from them. What another version wrote stays with every digest
 * in it; so does every artifact that such a run may have written.
 * @param runs that stay
 * @param sinceMs what was used since stays
 */
export async function findReach(
  home: string,
  runs: readonly RunDirectory[],
  sinceMs: number,
): Promise<ReadonlyMap<string, Reason>> {
  const { results, ofOtherVersions } = await sortedResults(home);
  const graph = new Graph(results);
  const ofRuns = await mapBounded(runs, filesAtOnce, (run) => digestsOfRun(home, run));
  for (const digests of ofRuns) graph.markReachable(digests, "run");
  for (const file of ofOtherVersions)
    graph.markReachable([path.basename(file, ".json"), ...(await readDigests(file))], "otherVersion");
  const names = new Set(runs.map(({ name }) => name));
  const made = results.filter(({ lineage }) => names.has(safeName(lineage.runId)));
  graph.markReachable(
    made.map(({ key }) => key),
    "run",
  );
  const artifacts = await timesIn(layout.objects(home));
  for (const times of [await timesIn(layout.results(home)), artifacts])
    graph.markReachable(
      times.flatMap(([name, time]) => (time > sinceMs ? [path.basename(name, ".json")] : [])),
      "recent",
    );
  // An attempt writes artifacts long before its result names them.
  for (const { record, other } of runs) {
    const times = other ?? (record?.status === "succeeded" ? undefined : record);
    if (times !== undefined)
      graph.markReachable(
        artifacts.flatMap(([name, time]) => (isDuring(time, times) ? [name] : [])),
        other === undefined ? "underWay" : "otherVersion",
      );
  }
  return graph.kept;
}

/** Results and the artifacts that they name. */
class Graph {
  readonly kept = new Map<string, Reason>();
  /** What is kept along with a key or digest. */
  readonly #next = new Map<string, string[]>();

  constructor(results: readonly ResultRecord[]) {
    for (const result of results) {
      this.#next.set(result.key, digestsInText(JSON.stringify(result)));
      for (const { digest } of Object.values(result.outputs)) {
        const makers = this.#next.get(digest);
        if (makers) makers.push(result.key);
        else this.#next.set(digest, [result.key]);
      }
    }
  }

  /** Marks these, and everything that they lead to, as reachable. Earlier reasons win. */
  markReachable(digests: Iterable<string>, reason: Reason): void {
    const open = [...digests];
    for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
      if (this.kept.has(digest)) continue;
      this.kept.set(digest, reason);
      append(open, this.#next.get(digest) ?? []);
    }
  }
}

/** The digests in a run's files; not in what programs have printed. */
async function digestsOfRun(home: string, { name, other }: RunDirectory): Promise<Set<string>> {
  const directory = path.join(layout.runs(home), name);
  const found = new Set<string>();
  const files = other === undefined ? ownFiles(directory) : await allFiles(directory);
  for (const file of files) for (const digest of await readDigests(file)) found.add(digest);
  return found;
}

function ownFiles(directory: string): string[] {
  const files = ["pipeline.yaml", "plan.json", "record.json"].map((name) => path.join(directory, name));
  for (const inner of ["settings", "log"])
    for (const name of namesIn(path.join(directory, inner))) files.push(path.join(directory, inner, name));
  return files;
}

/** Another version may keep digests in files that this one does not know. */
async function allFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
  return files.filter((file) => !file.startsWith(path.join(directory, "output") + path.sep));
}

async function readDigests(file: string): Promise<Iterable<string>> {
  try {
    return await digestsInFile(file);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** The names in a directory, each with its last use. */
async function timesIn(directory: string): Promise<[name: string, time: number][]> {
  const times = await mapBounded(namesIn(directory), filesAtOnce, async (name): Promise<[string, number][]> => {
    const time = await lastUse(path.join(directory, name));
    return time === undefined ? [] : [[name, time]];
  });
  return times.flat();
}

/** Clocks of machines differ, and may be set while a run is under way. */
const clocksDifferByMs = 25 * 60 * 60 * 1000;

/** A missing or invalid time excludes nothing. */
function isDuring(timeMs: number, { startedAt, endedAt }: { startedAt?: unknown; endedAt?: unknown }): boolean {
  const isBefore = timeMs < Date.parse(String(startedAt)) - clocksDifferByMs;
  const isAfter = timeMs > Date.parse(String(endedAt)) + clocksDifferByMs;
  return !isBefore && !isAfter;
}
