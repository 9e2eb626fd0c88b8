import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { PawlError, errorCodes, type ErrorCode, type ErrorFacts } from "../../platform/errors.js";
import { openHome } from "../../store/home.js";
import { startsWithinMs } from "../../worker/supervision/grace.js";
import { exitCodes } from "../exit-codes.js";
import { launch } from "./launch.js";
import { holder } from "./lock.js";
import { runningServer, upLogFile, type UpRecord } from "../../api/servers/up-record.js";
import { pause } from "../../platform/processes/pause.js";

/** Longer than `pawl up` waits for its server, so that it has reported why there is none. */
const patienceMs = startsWithinMs + 30_000;
const lookAgainMs = 25;

/**
 * The embedded server of a home directory; starts `pawl up` in the background if none runs. Several
 * processes may call this at the same time: only one server is started.
 * @param onStart called before this process starts one
 * @throws PawlError the error that `pawl up` ended with, SERVER_UNREACHABLE, or STORE_UNREADABLE
 */
export async function ensureServer(home: string, onStart: () => void): Promise<UpRecord> {
  openHome(home);
  const deadline = performance.now() + patienceMs;
  let child: ChildProcess | undefined;
  while (performance.now() < deadline) {
    const record = await runningServer(home);
    if (record) return record;
    if (child && hasEnded(child)) {
      // Another process was faster: wait for its server.
      if (child.exitCode !== exitCodes.alreadyUp) throw reasonOfEnd(home);
      child = undefined;
    }
    if (child === undefined && (await holder(home)) === undefined) {
      onStart();
      child = await launch(home, ["up", "--json", "--background"], upLogFile(home));
    }
    await pause(lookAgainMs);
  }
  throw new PawlError("SERVER_UNREACHABLE", "the embedded server does not start", {
    where: home,
    got: `no server after ${patienceMs / 1000} s`,
    next: `read ${upLogFile(home)}, or run \`pawl up\` in another terminal and watch it`,
  });
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** The error that the background process printed as its last line. */
function reasonOfEnd(home: string): PawlError {
  const lines = readFileSync(upLogFile(home), "utf8").trimEnd().split("\n");
  try {
    const { error } = JSON.parse(lines.at(-1) ?? "") as {
      error: { code: ErrorCode; message: string; facts: ErrorFacts };
    };
    if (error.code in errorCodes) return new PawlError(error.code, error.message, error.facts);
  } catch {
    // Not an error of Pawl: its last lines are shown unchanged.
  }
  return new PawlError("SERVER_UNREACHABLE", "the embedded server ended during its start", {
    where: upLogFile(home),
    got: lines.slice(-3).join(" | "),
    next: "run `pawl doctor`",
  });
}
