import { isUnpinned, pinAdvice } from "../activities/dataset/pin.js";
import { readDatasetFacts } from "../formats/dataset.js";
import type { PrepareRequest } from "../schemas/run.js";
import type { StageWith } from "../schemas/stages/index.js";
import { appendLog, layout, type ResultRecord } from "../store/index.js";

/** Tells in the run's log of a data set that is taken from the cache though its source may have changed since. */
export async function tellUnpinned(home: string, request: PrepareRequest, found: ResultRecord): Promise<void> {
  const { source } = found.with as unknown as StageWith<"dataset">;
  const train = found.outputs["train"];
  if (train === undefined || !isUnpinned(source)) return;
  // Only for a message: the artifact is verified where it is used.
  const origin = await readDatasetFacts(layout.object(home, train.digest)).catch(() => undefined);
  if (origin === undefined) return;
  const message = `cached: ${pinAdvice(source, origin)}`;
  appendLog(home, request.runId, { time: new Date().toISOString(), stage: request.stage, attempt: 0, message });
}
