import type { StageState } from "../schemas/run.js";
import { findRecord, readLog } from "../store/index.js";
import { connectIfUp } from "./connect.js";
import { queriedState } from "./read-run.js";
import { isOver } from "../schemas/run.js";

/** The key under which each of a run's stages has done its work, or has found its result; by stage id. */
export async function stageKeys(
  home: string,
  runId: string,
  known?: readonly StageState[],
): Promise<Map<string, string>> {
  const states = known ?? (await stageStates(home, runId));
  const keys = new Map(states.flatMap(({ id, key }) => (key === undefined ? [] : [[id, key] as const])));
  // The key that an attempt has logged takes precedence: on a machine with other software it differs.
  for await (const { stage, message, data } of readLog(home, runId))
    if (message === "started" && typeof data?.["key"] === "string" && !isCached(states, stage))
      keys.set(stage, data["key"]);
  return keys;
}

function isCached(states: readonly StageState[], stage: string): boolean {
  return states.some(({ id, status }) => id === stage && status === "cached");
}

/** The states of a run's stages: from the store's record if the run has ended, else from its workflow if a worker answers. */
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
