import { openMetrics, type MetricsRow } from "../../store/history/metrics.js";
import type { TrackedAttempt } from "../../store/records/record-types.js";

export const trackedKey = "b".repeat(64);

/** An attempt whose curves are to be sent. */
export const tracked = (more: Partial<TrackedAttempt> = {}): TrackedAttempt => ({
  runId: "run",
  pipeline: "p",
  stage: "stage",
  uses: "pretrain",
  key: trackedKey,
  attempt: 1,
  startedAtMs: 1000,
  parameters: { steps: "3", learningRate: "0.001" },
  ...more,
});

export const row = (step: number, metrics: Record<string, number> = { loss: step }): MetricsRow => ({ step, metrics });

/** Records steps in that attempt's metrics history. */
export async function recordRows(home: string, ...rows: MetricsRow[]): Promise<void> {
  const history = openMetrics(home, trackedKey);
  for (const { step, metrics } of rows) history.record(step, metrics);
  await history.flush();
}
