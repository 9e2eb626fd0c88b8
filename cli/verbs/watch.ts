import { homeDirectory } from "../../store/home.js";
import { withServer } from "../connect.js";
import { describeRun } from "../../api/reading/find-run.js";
import { follow } from "../follow.js";
import type { Verb } from "../verb.js";

/** `pawl watch RUN`: shows a run until it ends; the exit code reports how it ended. */
export const watch: Verb = (command, terminal) => {
  command.argument("<run>").action(async (runId: string) => {
    const home = homeDirectory();
    await withServer(home, terminal, async (server) => {
      await describeRun(server.client, home, runId);
      await follow(server, home, runId, terminal);
    });
  });
};
