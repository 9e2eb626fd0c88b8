import { PawlError } from "../../platform/errors.js";
import { homeDirectory } from "../../store/index.js";
import { withServer } from "../connect.js";
import { describeRun } from "../../api/find-run.js";
import { statusOf } from "../../api/read-run.js";
import type { Verb } from "./index.js";

/** `pawl cancel RUN`: running stages save a checkpoint and stop, then the run ends as `cancelled`. */
export const cancel: Verb = (command, terminal) => {
  command.argument("<run>").action(async (runId: string) => {
    const home = homeDirectory();
    await withServer(home, terminal, async ({ client }) => {
      const status = statusOf(await describeRun(client, home, runId));
      if (status !== "running")
        throw new PawlError("NOT_ALLOWED", `run ${runId} has already ended: ${status}`, {
          next: `pawl status ${runId}`,
        });
      await client.workflow.getHandle(runId).cancel();
      if (terminal.json) terminal.out(JSON.stringify({ run: runId, status: "cancelling" }));
      else
        terminal.out(
          `canceling ${runId}: running stages save a checkpoint first\n  next: pawl watch ${runId}, or later pawl resume ${runId}`,
        );
    });
  });
};
