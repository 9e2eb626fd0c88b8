import type { Terminal } from "../terminal.js";
import { buildDigest } from "../../platform/program/build.js";
import { endProcess } from "./end-process.js";
import { environmentChanges, environmentPrints } from "./environment.js";
import { runningServer, type UpRecord } from "../../api/servers/up-record.js";

/** How long stages may take to save their checkpoints, and the server to end. */
const patienceMs = 90_000;

/**
 * Workers keep the environment that their server was started with: prints what differs here, and
 * how to apply it.
 */
function noteEnvironment(home: string, record: UpRecord, terminal: Terminal): void {
  const changes = environmentChanges(record.environment, environmentPrints(home, process.env));
  if (changes.length === 0) return;
  const apply = record.byHand
    ? `end \`pawl up\` (pid ${record.up.pid}) and start it here`
    : "`pawl up --stop`, then this command again";
  terminal.note(
    `the workers use a different environment: ${changes.join("; ")}\n  to apply it: ${apply}; runs under way resume from their checkpoints`,
  );
}

/**
 * Ends the embedded server and workers of a home directory if their version differs from this
 * command's, and prints a note. The next ones then have this version; running stages save a
 * checkpoint and resume from it. A `pawl up` started by hand keeps running: the note says how to
 * restart it. So does a server of the same version with another environment.
 */
export async function endOlder(home: string, terminal: Terminal): Promise<void> {
  const record = await runningServer(home);
  if (record === undefined) return;
  if (record.build === buildDigest()) return noteEnvironment(home, record, terminal);
  const what = "the embedded server and workers run a different version of Pawl than this command";
  if (record.byHand)
    return terminal.note(
      `${what}: end \`pawl up\` (pid ${record.up.pid}) and start it again; runs under way resume from their checkpoints`,
    );
  terminal.note(`${what}: they are restarted; running stages save a checkpoint and resume from it`);
  await endProcess(record.up, patienceMs);
}
