import { mapBounded } from "../../platform/map-bounded.js";
import type { StageState } from "../../schemas/run.js";
import { findLatest } from "../../store/records/latest.js";
import { recordedResult, stageKey } from "../../store/records/results.js";

/** Stages that are looked up in the store at the same time. */
const stagesAtOnce = 8;

/**
 * How long the attempt took with which each stage of a pipeline last succeeded, ms. Only shown: the
 * time that a stage takes now depends on its settings and on the machine.
 */
export async function usualTimes(
  home: string,
  pipeline: string,
  stages: readonly StageState[],
): Promise<Map<string, number>> {
  const found = await mapBounded(stages, stagesAtOnce, async ({ id, uses }) => {
    const latest = await findLatest(home, pipeline, id);
    const result = latest?.uses === uses ? await recordedResult(home, stageKey(latest)) : undefined;
    const { startedAt = "", endedAt = "" } = result?.lineage ?? {};
    return [id, Date.parse(endedAt) - Date.parse(startedAt)] as const;
  });
  return new Map(found.filter(([, ms]) => ms >= 0));
}
