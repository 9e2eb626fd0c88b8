import type { Client } from "@temporalio/client";
import { PawlError } from "../../platform/errors.js";
import { pauseNames, type PauseState } from "../../schemas/run.js";
import { describeRun } from "../reading/find-run.js";
import { serverStatus } from "../reading/read-run.js";
import { sendUpdate } from "./send-update.js";

/**
 * Whether a run starts further stages: `pause` lets those under way end and starts no other,
 * `unpause` lets it start them.
 * @throws PawlError RUN_NOT_FOUND; NOT_ALLOWED if it has ended
 */
export async function pauseRun(
  client: Client,
  home: string,
  runId: string,
  name: keyof typeof pauseNames,
): Promise<PauseState> {
  const status = serverStatus(await describeRun(client, home, runId));
  if (status !== "running")
    throw new PawlError("NOT_ALLOWED", `run ${runId} has already ended: ${status}`, {
      next: status === "succeeded" ? `pawl status ${runId}` : `pawl resume ${runId}`,
    });
  return sendUpdate<PauseState>(client.workflow.getHandle(runId), pauseNames[name]);
}
