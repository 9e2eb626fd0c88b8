import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { packageRoot } from "../../platform/program/locations.js";

const main = path.join(packageRoot(), "dist", "cli", "main.js");

/**
 * Runs the command as a user would, with the given home directory. Returns what it printed; throws
 * if it fails.
 */
function pawl(home: string, ...args: string[]): string {
  const env = { ...process.env, PAWL_HOME: home };
  const options = { cwd: packageRoot(), encoding: "utf8", env, maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options);
  if (status !== 0) throw new Error(`pawl ${args.join(" ")} ended with ${status}\n${stdout.slice(-4000)}${stderr}`);
  return stdout;
}

/**
 * Runs `work` with an empty store and no server; `run` is `pawl run`, and returns what it printed
 * and how long it took, seconds.
 */
export function withEmptyStore<R>(work: (run: Run) => R): R {
  const home = mkdtempSync(path.join(os.tmpdir(), "pawl-bench-"));
  try {
    return work((...args) => {
      const start = performance.now();
      const printed = pawl(home, "run", ...args);
      return { printed, seconds: (performance.now() - start) / 1000 };
    });
  } finally {
    pawl(home, "up", "--stop");
    rmSync(home, { recursive: true, force: true });
  }
}

export type Run = (...args: string[]) => { printed: string; seconds: number };

/** A stage's metrics, by name. */
export type StageMetrics = (stage: string) => Record<string, number>;

interface End<T> {
  event: string;
  outputs: T;
  stages: { id: string; metrics: Record<string, number> }[];
}

/** How a run of a pipeline in pipelines/ ended: its outputs, and each stage's metrics. */
export function runToEnd<T extends object>(run: Run, pipeline: string, ...args: string[]) {
  const { printed, seconds } = run(pipeline, "--json", ...args);
  const events = printed.trim().split("\n");
  const { outputs, stages } = events
    .map((line) => JSON.parse(line) as End<T>)
    .findLast(({ event }) => event === "end")!;
  const metricsOf: StageMetrics = (stage) => stages.find(({ id }) => id === stage)!.metrics;
  return { outputs, metricsOf, seconds };
}
