import { homeDirectory } from "../../store/index.js";
import { withServer } from "../connect.js";
import { describeRun } from "../find-run.js";
import { follow } from "../follow.js";
import type { Verb } from "./index.js";

/** `pawl watch RUN`: shows a run until it ends; ends with its success or failure. */
export const watch: Verb = (command, terminal) => {
  command.argument("<run>").action(async (runId: string) => {
    const home = homeDirectory();
    await withServer(home, async (server) => {
      await describeRun(server.client, home, runId);
      await follow(server, home, runId, terminal);
    });
  });
};
