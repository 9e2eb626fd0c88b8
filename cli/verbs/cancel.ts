import { cancelRun } from "../../api/acting/cancel-run.js";
import { homeDirectory } from "../../store/home.js";
import { withServer } from "../connect.js";
import type { Verb } from "../verb.js";

/**
 * `pawl cancel RUN`: running stages save a checkpoint and stop, then the run ends as `cancelled`.
 */
export const cancel: Verb = (command, terminal) => {
  command.argument("<run>").action(async (runId: string) => {
    const home = homeDirectory();
    await withServer(home, terminal, async ({ client }) => {
      await cancelRun(client, home, runId);
      if (terminal.json) terminal.out(JSON.stringify({ run: runId, status: "cancelling" }));
      else
        terminal.out(
          `canceling ${runId}: running stages save a checkpoint first\n  next: pawl watch ${runId}, or later pawl resume ${runId}`,
        );
    });
  });
};
