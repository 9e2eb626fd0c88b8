import { pinAdvice } from "../activities/dataset/pin.js";
import { readDatasetFacts } from "../formats/dataset.js";
import type { PrepareRequest } from "../schemas/run.js";
import { appendLog, layout, type ResultRecord } from "../store/index.js";

/** Reports in the run's log a data set that is taken from the cache though its source may have changed since. */
export async function reportUnpinned(home: string, request: PrepareRequest, found: ResultRecord): Promise<void> {
  const dataset = Object.values(found.outputs).find(({ artifact }) => artifact === "dataset");
  if (dataset === undefined) return;
  // Only for a message: the artifact is verified where it is used.
  const origin = await readDatasetFacts(layout.object(home, dataset.digest)).catch(() => undefined);
  if (origin === undefined) return;
  const message = `cached: ${pinAdvice(origin)}`;
  appendLog(home, request.runId, { time: new Date().toISOString(), stage: request.stage, attempt: 0, message });
}
