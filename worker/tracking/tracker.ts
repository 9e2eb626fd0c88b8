import type { MetricsRow } from "../../store/index.js";

/** Where curves are also written, beside the store. It may fail at any time. */
export interface Tracker {
  /** Writes what it lacks of these rows. Rejects if it cannot: it is then given all rows again. */
  write(rows: readonly MetricsRow[]): Promise<void>;
  /** Whether it has not written this row. */
  lacks(row: MetricsRow): boolean;
}
