import { pinAdvice } from "../../activities/dataset/sources/pin.js";
import { readDatasetFacts } from "../../formats/dataset.js";
import type { PrepareRequest } from "../../schemas/run.js";
import { layout } from "../../store/home.js";
import { appendLog } from "../../store/history/log.js";
import type { ResultRecord } from "../../store/records/record-types.js";

/**
 * Logs a result that comes from the cache although its sources may have changed since.
 * @param settings of `with` that hold the sources
 */
export async function reportUnpinned(
  home: string,
  request: PrepareRequest,
  found: ResultRecord,
  settings: readonly string[],
): Promise<void> {
  if (settings.length === 0) return;
  const dataset = Object.values(found.outputs).find(({ artifact }) => artifact === "dataset");
  // Only for a message: the artifact is verified where it is used. Tables do not record the digests
  // of their sources.
  const facts = dataset && (await readDatasetFacts(layout.object(home, dataset.digest)).catch(() => undefined));
  for (const setting of settings) {
    const message = `cached: ${pinAdvice(`with.${setting}`, facts)}`;
    appendLog(home, request.runId, { time: new Date().toISOString(), stage: request.stage, attempt: 0, message });
  }
}
