import type { StageState } from "../../schemas/run.js";
import { explainChange } from "../../store/changes/reasons.js";
import { recordedResult } from "../../store/records/results.js";
import { refuseUnknownStage } from "../reading/recorded-plan.js";
import { stageKeys, stageStates } from "../reading/stage-keys.js";
import type { StageIdentity } from "../../store/records/record-types.js";

/** The run whose results a plan is compared with. */
export interface AgainstRun {
  runId: string;
  /** Whether the run's result of a stage has this key. */
  hasKey(stage: string, key: string): boolean;
  /** Why the stage has another key than in the run; empty if its identity is the same. */
  differences(stage: string, now: StageIdentity): Promise<string[]>;
}

/** A run as its record, its log and the store's results show it. @throws PawlError RUN_NOT_FOUND */
export async function againstRun(home: string, runId: string): Promise<AgainstRun> {
  await refuseUnknownStage(home, "plan", runId, undefined);
  const states = await stageStates(home, runId);
  const keys = await stageKeys(home, runId, states);
  const finished = (stage: string): StageState | undefined =>
    states.find(({ id, status }) => id === stage && (status === "succeeded" || status === "cached"));
  return {
    runId,
    hasKey: (stage, key) => finished(stage) !== undefined && keys.get(stage) === key,
    async differences(stage, now) {
      const state = states.find(({ id }) => id === stage);
      if (state === undefined) return [`${runId} has no stage ${stage}`];
      if (finished(stage) === undefined) return [`it has not succeeded in ${runId}: ${state.status}`];
      const key = keys.get(stage);
      const before = key === undefined ? undefined : await recordedResult(home, key);
      return before === undefined ? [`its result in ${runId} is no longer in the store`] : explainChange(before, now);
    },
  };
}
