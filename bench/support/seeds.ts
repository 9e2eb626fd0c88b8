/** Benches that run a pipeline of pipelines/ with several seeds. */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { buildDigest } from "../../platform/program/build.js";
import { piecesDigest } from "../../platform/digests.js";
import { cacheDirectory, packageRoot } from "../../platform/program/locations.js";
import { report, type Row } from "../harness.js";
import { doParts } from "./parts.js";
import { runToEnd, withEmptyStore, type StageMetrics } from "./pawl.js";

/** How a run ended, and how long it took, seconds. */
export interface SeedEnd<T> {
  seed: number;
  outputs: T;
  metricsOf: StageMetrics;
  seconds: number;
}

/**
 * Runs the pipeline in an empty store, once for each seed on the command line (default: 1, 2, 3),
 * and reports all rows as bench `name`. An interrupted call's finished seeds are kept for the next
 * call with the same program and pipelines.
 */
export async function reportSeeds<T extends object>(
  name: string,
  pipeline: string,
  toRows: (end: SeedEnd<T>) => Row[],
): Promise<void> {
  const given = process.argv.slice(2).map(Number);
  const seeds = given.length > 0 ? given : [1, 2, 3];
  const file = path.join(cacheDirectory(), "bench", `${name}-${measuredDigest().slice(0, 16)}.json`);
  const parts = seeds.map((seed) => {
    const measure = (): Row[] => {
      const end = withEmptyStore((run) => runToEnd<T>(run, pipeline, "--seed", String(seed)));
      return toRows({ seed, ...end }).map((row) => ({ ...row, what: `seed ${seed}: ${row.what}` }));
    };
    return [`seed ${seed}`, () => Promise.resolve(measure())] as const;
  });
  report(name, await doParts(file, Object.fromEntries(parts)));
  rmSync(file, { force: true });
}

/** SHA-256 over the program and the pipelines with their queries. */
function measuredDigest(): string {
  const directory = path.join(packageRoot(), "pipelines");
  const names = readdirSync(directory, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  return piecesDigest([buildDigest(), ...names.sort().flatMap((file) => [file, readFileSync(file)])]);
}
