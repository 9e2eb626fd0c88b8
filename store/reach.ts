import { stat } from "node:fs/promises";
import path from "node:path";
import { append } from "../platform/lists.js";
import { mapBounded } from "../platform/map-bounded.js";
import { allResults } from "./all-results.js";
import { digestsInFile, digestsInText } from "./digests-in.js";
import { isMissing } from "./errors.js";
import { layout, safeName } from "./home.js";
import { readRecord } from "./records.js";
import type { ResultRecord } from "./results.js";
import type { RunRecord } from "./runs.js";
import { recordKinds } from "./shapes.js";
import { namesIn } from "./temporary.js";

/** Why something stays in the store. */
export type Reason = "run" | "recent" | "underWay";

/** A directory below `runs/`, and the run's record if it can be read. */
export interface RunDirectory {
  name: string;
  record?: RunRecord;
}

/** Files that are read at the same time. */
const filesAtOnce = 16;

/** Every run of the store. */
export async function runDirectories(home: string): Promise<RunDirectory[]> {
  const names = namesIn(layout.runs(home));
  return mapBounded(names, filesAtOnce, async (name) => {
    const record = await readRecord(home, path.join(layout.runs(home), name, "record.json"), recordKinds.run);
    return record !== undefined && safeName(record.runId) === name ? { name, record } : { name };
  });
}

/** When something was last used, epoch ms; undefined if it does not exist. */
export async function lastUse(entry: string): Promise<number | undefined> {
  try {
    return (await stat(entry)).mtimeMs;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * What the store has to keep, by artifact digest or stage key, and why. Runs reach every digest that one of their files
 * holds, whatever it means there (outputs, keys, choices, literals in the definition, lines of the log), and the results
 * that they made. What a result that stays names, inputs and outputs, stays; so do the results that made an artifact that
 * stays: lineage, and what a model has learned from, are read from them.
 * @param runs that stay
 * @param sinceMs what was used since stays
 */
export async function findReach(
  home: string,
  runs: readonly RunDirectory[],
  sinceMs: number,
): Promise<ReadonlyMap<string, Reason>> {
  const results = await allResults(home);
  const graph = new Graph(results);
  const ofRuns = await mapBounded(runs, filesAtOnce, ({ name }) => digestsOfRun(path.join(layout.runs(home), name)));
  for (const digests of ofRuns) graph.keep(digests, "run");
  const names = new Set(runs.map(({ name }) => name));
  const made = results.filter(({ lineage }) => names.has(safeName(lineage.runId)));
  graph.keep(
    made.map(({ key }) => key),
    "run",
  );
  const artifacts = await timesIn(layout.objects(home));
  for (const times of [await timesIn(layout.results(home)), artifacts])
    graph.keep(
      times.flatMap(([name, time]) => (time > sinceMs ? [path.basename(name, ".json")] : [])),
      "recent",
    );
  // An attempt writes artifacts long before its result names them.
  for (const { record } of runs)
    if (record !== undefined && record.status !== "succeeded")
      graph.keep(
        artifacts.flatMap(([name, time]) => (isDuring(time, record) ? [name] : [])),
        "underWay",
      );
  return graph.kept;
}

/** Results and the artifacts that they name. */
class Graph {
  readonly kept = new Map<string, Reason>();
  /** What stays with a key or a digest. */
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

  /** Keeps these and all that they lead to; an earlier reason stays. */
  keep(digests: Iterable<string>, why: Reason): void {
    const open = [...digests];
    for (let digest = open.pop(); digest !== undefined; digest = open.pop()) {
      if (this.kept.has(digest)) continue;
      this.kept.set(digest, why);
      append(open, this.#next.get(digest) ?? []);
    }
  }
}

/** The digests in a run's files; not in what programs have printed. */
async function digestsOfRun(directory: string): Promise<Set<string>> {
  const found = new Set<string>();
  const files = ["pipeline.yaml", "plan.json", "record.json"].map((name) => path.join(directory, name));
  for (const inner of ["settings", "log"])
    for (const name of namesIn(path.join(directory, inner))) files.push(path.join(directory, inner, name));
  for (const file of files) for (const digest of await readDigests(file)) found.add(digest);
  return found;
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

function isDuring(timeMs: number, { startedAt, endedAt }: RunRecord): boolean {
  return timeMs >= Date.parse(startedAt) && (endedAt === undefined || timeMs <= Date.parse(endedAt));
}
