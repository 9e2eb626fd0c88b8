import type { Terminal } from "../terminal.js";
import { buildDigest } from "../../platform/build.js";
import { runningServer } from "./ensure.js";
import { endProcess } from "./end-process.js";

/** How long stages may take to save their checkpoints, and the server to end. */
const patienceMs = 90_000;

/**
 * Ends the embedded server and workers of a home that are of another build than this command, so that the next ones are
 * of this one, and says so: running stages save a checkpoint and go on from it. A `pawl up` typed by hand is only told of.
 */
export async function endOlder(home: string, terminal: Terminal): Promise<void> {
  const record = await runningServer(home);
  if (record === undefined || record.build === buildDigest()) return;
  const what = "the embedded server and workers are of another build of Pawl than this command";
  if (record.byHand)
    return terminal.note(
      `${what}: end \`pawl up\` (pid ${record.up.pid}) and type it again; runs under way go on after it`,
    );
  terminal.note(`${what}: they are restarted; running stages save a checkpoint and go on from it`);
  await endProcess(record.up, patienceMs);
}
