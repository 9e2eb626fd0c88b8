import { type StageState, isOver } from "../../schemas/run.js";
import { resultKeys, readStageEvents } from "../../report/run/stage-events.js";
import { findRecord } from "../../store/records/runs.js";
import { connectIfUp } from "../servers/server.js";
import { queriedState } from "./read-run.js";

/**
 * The key under which each of a run's stages has done its work, or has found its result; by stage
 * id.
 */
export async function stageKeys(
  home: string,
  runId: string,
  known?: readonly StageState[],
): Promise<Map<string, string>> {
  return resultKeys(known ?? (await stageStates(home, runId)), await readStageEvents(home, runId));
}

/**
 * The states of a run's stages: from the store's record if the run has ended, else from its
 * workflow if a worker answers.
 */
export async function stageStates(home: string, runId: string): Promise<readonly StageState[]> {
  const record = await findRecord(home, runId);
  if (record !== undefined && isOver(record.status)) return record.stages;
  const server = await connectIfUp(home);
  if (server === undefined) return record?.stages ?? [];
  try {
    return (await queriedState(server.client, runId))?.stages ?? record?.stages ?? [];
  } finally {
    await server.close();
  }
}
