import type { Client } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { describeRun } from "../reading/find-run.js";
import { serverStatus } from "../reading/read-run.js";

/**
 * Asks a run to stop: running stages save a checkpoint, then the run ends as `cancelled`.
 * @throws PawlError RUN_NOT_FOUND; NOT_ALLOWED if it has ended
 */
export async function cancelRun(client: Client, home: string, runId: string): Promise<void> {
  const status = serverStatus(await describeRun(client, home, runId));
  if (status !== "running")
    throw new PawlError("NOT_ALLOWED", `run ${runId} has already ended: ${status}`, { next: `pawl status ${runId}` });
  await client.workflow.getHandle(runId).cancel();
}
