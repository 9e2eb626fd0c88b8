import { Option } from "commander";
import { holdYoungSpace } from "../../platform/program/young-space.js";
import { homeDirectory } from "../../store/home.js";
import { runsAddress } from "../../worker/server/ui-address.js";
import { openToLocalUsers } from "../embedded/local-users.js";
import { endOlder } from "../embedded/older.js";
import { alreadyUp, runUp, stopUp } from "../embedded/up.js";
import type { UpRecord } from "../../api/servers/up-record.js";
import { exitCodes } from "../exit-codes.js";
import { usualGpus, usualProcesses, wholeNumber } from "../options.js";
import { renderFailure } from "../render/error.js";
import { setUpOnce } from "../set-up.js";
import { untilStopped } from "../stop-signal.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "../verb.js";

interface Options {
  port?: number;
  uiPort?: number;
  processes?: number;
  gpus?: number;
  stop?: boolean;
  background?: boolean;
}

/**
 * `pawl up`: the embedded Temporal server with its UI and a supervised worker, in the foreground.
 */
export const up: Verb = (command, terminal) => {
  command
    .option("--port <port>", "the server's port (default: 7233, or a free one)", wholeNumber(1, 65_535))
    .option("--ui-port <port>", "the UI's port (default: 8233, or a free one)", wholeNumber(1, 65_535))
    .option("--processes <count>", "CPU stages that run at the same time", wholeNumber(0))
    .option("--gpus <count>", "GPUs to use (default: all)", wholeNumber(0))
    .option("--stop", "stop the server and worker of this home directory")
    .addOption(new Option("--background", "started by another command").hideHelp())
    .action(async (options: Options) => {
      if (options.stop) return stop(terminal);
      holdYoungSpace();
      const home = homeDirectory();
      const byHand = !options.background;
      await setUpOnce(terminal);
      if (byHand) await endOlder(home, terminal);
      const ran = await runUp(
        {
          home,
          ...(options.port !== undefined && { port: options.port }),
          ...(options.uiPort !== undefined && { uiPort: options.uiPort }),
          processes: options.processes ?? usualProcesses(),
          gpus: options.gpus ?? (await usualGpus()),
          byHand,
          onEvent: (message) => tell({ event: "note", message }, message, terminal),
          signal: untilStopped(),
        },
        (record) => ready(record, terminal),
      );
      if (ran) return tell({ event: "ended" }, "ended", terminal);
      renderFailure(await alreadyUp(home), terminal);
      terminal.exitCode = exitCodes.alreadyUp;
    });
};

async function stop(terminal: Terminal): Promise<void> {
  const stopped = await stopUp(homeDirectory());
  const text = stopped
    ? "ended; runs under way continue when the server is up again (pawl up, pawl run)"
    : "nothing was running";
  tell({ event: stopped ? "ended" : "nothing" }, text, terminal);
}

function ready(record: UpRecord, terminal: Terminal): void {
  const text = [
    `Temporal   ${record.address}`,
    `UI         ${terminal.colors.cyan(runsAddress(record.uiAddress, record.namespace))}`,
    `Access     ${openToLocalUsers}`,
    terminal.colors.dim("Ctrl-C ends it; runs under way continue when it is up again"),
  ].join("\n");
  const { address, namespace, uiAddress } = record;
  tell({ event: "ready", address, namespace, uiAddress }, text, terminal);
}

function tell(event: object, text: string, terminal: Terminal): void {
  terminal.out(terminal.json ? JSON.stringify(event) : text);
}
