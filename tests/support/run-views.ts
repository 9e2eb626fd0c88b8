import type { RunView } from "../../api/reading/run-view.js";
import type { StageState } from "../../schemas/run.js";

/** A stage of a run, for tests of what is drawn. */
export function makeStage(id: string, status: StageState["status"], more: Partial<StageState> = {}): StageState {
  return { id, uses: "pretrain", status, attempts: 1, outputs: {}, metrics: {}, ...more };
}

/** A running run with these stages. @param needs of stages, by id */
export function makeView(
  stages: StageState[],
  more: Partial<RunView> = {},
  needs: Readonly<Record<string, string[]>> = {},
): RunView {
  const planned = stages.map(({ id, uses }) => ({ id, uses, needs: needs[id] ?? [], with: {}, resources: { gpu: 0 } }));
  const plan = { name: "tiny", inputs: {}, stages: planned } as unknown as NonNullable<RunView["state"]["plan"]>;
  return {
    runId: "tiny-abc234",
    startedAtMs: 0,
    queued: new Set(),
    progress: {},
    ...more,
    state: { pipeline: "tiny", status: "running", plan, stages, outputs: {}, ...more.state },
  };
}
