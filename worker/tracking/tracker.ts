import { sha256 } from "../../platform/digests.js";
import type { MetricsRow } from "../../store/history/metrics.js";
import type { LastSteps, TrackedAttempt, TrackedEnd } from "../../store/records/record-types.js";

/** Where curves are also written, beside the store. It may fail or hang at any time. */
export interface Tracker {
  /** In messages and file names. */
  name: string;
  /**
   * Opens the curves of a stage, to be continued if there are some.
   * @param last what the tracker has, as far as is known: the stage's last delivery
   * @throws PawlError TRACKER_REFUSED (not tried again), other errors (tried again)
   */
  open(attempt: TrackedAttempt, last: LastSteps): Promise<Curves>;
}

/** The curves of one stage in a tracker. After an error, they are opened again. */
export interface Curves {
  /** The last step of each metric that it has: later ones follow. */
  last: LastSteps;
  /**
   * Adds rows, in the order of their steps; none has a step that it has. Resolves once it has them.
   */
  write(rows: readonly MetricsRow[]): Promise<void>;
  /** Records how the stage ended; nothing follows. */
  end(end: TrackedEnd): Promise<void>;
  /** Lets go of them after an error, or when the process ends. */
  close(): void;
}

/**
 * The name of a stage's curves where people do not read it, 16 hexadecimal digits. Changed settings
 * give another one: trackers never change a parameter.
 */
export const trackedId = ({ runId, stage, key }: TrackedAttempt): string =>
  sha256(JSON.stringify([runId, stage, key])).slice(0, 16);
