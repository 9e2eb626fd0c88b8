import { PawlError } from "../../platform/errors.js";
import { homeDirectory } from "../../store/home.js";
import { runAddress } from "../../api/servers/server.js";
import { withServer } from "../connect.js";
import { describeRun } from "../../api/reading/find-run.js";
import { openAddress } from "../open-address.js";
import { openInStudio } from "../studio/open.js";
import type { Verb } from "../verb.js";

/**
 * `pawl open RUN`: the run's page of Temporal's web UI, or of the studio, in the browser; without a
 * display its address.
 */
export const open: Verb = (command, terminal) => {
  command
    .argument("<run>")
    .option("--studio", "the run's page in the studio, which is started if none runs")
    .option("--print", "print the address, and open nothing")
    .action(async (runId: string, { print = false, studio = false }: { print?: boolean; studio?: boolean }) => {
      const home = homeDirectory();
      const show = (address: string, opened: boolean): void => {
        if (terminal.json) return terminal.out(JSON.stringify({ run: runId, address, opened }));
        terminal.out(opened ? `opened ${address}` : address);
      };
      if (studio) {
        const { address, opened } = await openInStudio(home, runId, !print);
        return show(address, opened);
      }
      await withServer(home, terminal, async (server) => {
        await describeRun(server.client, home, runId);
        const address = runAddress(server, runId);
        if (address === undefined) throw noAddress(server.address);
        show(address, !print && (await openAddress(address)));
      });
    });
};

function noAddress(server: string): PawlError {
  return new PawlError("MISSING_KEY", "the address of the server's web UI is not known", {
    where: server,
    expected: "TEMPORAL_UI_ADDRESS, for example http://temporal.example.org:8080",
    next: "set TEMPORAL_UI_ADDRESS",
  });
}
