import { PawlError } from "../../platform/errors.js";
import type { MetricsRow } from "../../store/history/metrics.js";
import type { LastSteps, TrackedAttempt, TrackedEnd } from "../../store/records/record-types.js";
import { trackedId, type Curves, type Tracker } from "../../worker/tracking/tracker.js";

interface Run {
  /** In the order of their arrival, repeated ones included. */
  rows: MetricsRow[];
  ended?: TrackedEnd["status"];
}

/** A tracker in memory, which outlives its senders, and whose faults tests choose. */
export class TrackerDouble implements Tracker {
  readonly name = "Double";
  readonly runs = new Map<string, Run>();
  /** How often curves were opened. */
  opened = 0;
  /**
   * down: errors; lost: rows arrive, and their answer does not; refusing: another key is needed.
   */
  mode: "works" | "down" | "lost" | "refusing" = "works";

  open(attempt: TrackedAttempt): Promise<Curves> {
    this.opened++;
    const id = trackedId(attempt);
    const run: Run = this.runs.get(id) ?? { rows: [] };
    return this.#answer(() => {
      this.runs.set(id, run);
      delete run.ended;
      return {
        last: lastOf(run.rows),
        write: (rows) => {
          if (this.mode === "lost") run.rows.push(...rows);
          return this.#answer(() => void run.rows.push(...rows));
        },
        end: ({ status }) => this.#answer(() => void (run.ended = status)),
        close: () => undefined,
      };
    });
  }

  /** Steps of the first run, as they arrived. */
  steps(): number[] {
    return [...this.runs.values()][0]?.rows.map(({ step }) => step) ?? [];
  }

  async #answer<T>(act: () => T): Promise<T> {
    if (this.mode === "refusing") throw new PawlError("TRACKER_REFUSED", "who are you", { next: "set the key" });
    if (this.mode !== "works")
      throw new PawlError("TRACKER_FAILED", "no answer", { next: "nothing: it is tried again" });
    return act();
  }
}

function lastOf(rows: readonly MetricsRow[]): LastSteps {
  const last: Record<string, number> = {};
  for (const { step, metrics } of rows) for (const name of Object.keys(metrics)) last[name] = step;
  return last;
}
