import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import { builtDirectory } from "../../platform/program/locations.js";
import { openLog } from "../../worker/supervision/log-file.js";

/**
 * Starts a command of Pawl in its own session, so that neither Ctrl-C nor the end of this process
 * reaches it.
 * @param args its verb first
 * @param logFile what it prints is appended to this file
 * @throws PawlError SERVER_UNREACHABLE if the system refuses to start it
 */
export async function launch(home: string, args: readonly string[], logFile: string): Promise<ChildProcess> {
  const log = openLog(logFile);
  const main = path.join(builtDirectory(), "cli", "main.js");
  try {
    const child = spawn(process.execPath, [main, ...args], {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, PAWL_HOME: home },
    });
    child.unref();
    await once(child, "spawn");
    return child;
  } catch (error) {
    throw new PawlError(
      "SERVER_UNREACHABLE",
      `the system refuses to start \`pawl ${args[0]}\` in the background`,
      {
        where: home,
        got: (error as Error).message,
        next: `run fewer processes at the same time on this machine, or run \`pawl ${args[0]}\` in another terminal`,
      },
      { cause: error },
    );
  } finally {
    closeSync(log);
  }
}
