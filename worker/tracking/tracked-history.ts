import { setTimeout as pause } from "node:timers/promises";
import type { StageContext } from "../../activities/stage.js";
import { followMetrics, type MetricsHistory } from "../../store/index.js";
import type { Tracker } from "./tracker.js";

/** Rows are passed on at most this often, ms. */
const everyMs = 1000;
/** A stage that has ended waits for its tracker at most this long, ms. */
const patienceMs = 2000;

/**
 * A metrics history whose rows a tracker receives as well: in the background, from the history's file, so that a tracker that
 * fails or hangs never stops or slows the stage, and gets what it lacks once it works again. What it lacks at the end is
 * counted in the log.
 */
export function trackedHistory(
  { home, key, log }: { home: string; key: string; log: StageContext["log"] },
  history: MetricsHistory,
  tracker: Tracker,
): MetricsHistory {
  let next = followMetrics(home, key);
  let underWay: Promise<void> | undefined;
  let hasFailed = false;
  let passedOnAt = performance.now();

  async function passOn(): Promise<void> {
    try {
      for (let rows = await next(); rows.length > 0; rows = await next()) await tracker.write(rows);
    } catch (error) {
      if (!hasFailed) log(`curves could not be written for the tracker: ${(error as Error).message}`);
      hasFailed = true;
      next = followMetrics(home, key);
    }
  }
  const start = (): Promise<void> => {
    passedOnAt = performance.now();
    underWay ??= passOn().finally(() => (underWay = undefined));
    return underWay;
  };
  /** From the beginning: `finish` has written the file anew. */
  async function passOnAll(): Promise<void> {
    await underWay;
    next = followMetrics(home, key);
    await start();
  }
  /** Steps of the history that the tracker lacks. */
  async function missed(): Promise<number> {
    const read = followMetrics(home, key);
    const steps = new Set<number>();
    for (let rows = await read(); rows.length > 0; rows = await read())
      for (const row of rows) if (tracker.lacks(row)) steps.add(row.step);
    return steps.size;
  }

  return {
    record(step, metrics) {
      history.record(step, metrics);
      if (performance.now() - passedOnAt >= everyMs) void start();
    },
    async flush() {
      await history.flush();
      void start();
    },
    async finish() {
      await history.finish();
      const end = new AbortController();
      const passed = passOnAll();
      await Promise.race([passed, pause(patienceMs, undefined, { signal: end.signal }).catch(() => undefined)]);
      end.abort();
      const steps = await missed().catch(() => 0);
      if (steps > 0) log(`the tracker missed ${steps} steps`, { steps });
    },
  };
}
