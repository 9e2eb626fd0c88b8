import type { Terminal } from "../terminal.js";
import { buildDigest } from "../../platform/build.js";
import { runningServer } from "./ensure.js";
import { endProcess } from "./end-process.js";
import { environmentChanges, environmentPrints } from "./environment.js";
import type { UpRecord } from "./up-record.js";

/** How long stages may take to save their checkpoints, and the server to end. */
const patienceMs = 90_000;

/** Workers keep the environment that their server was started with: says what differs here, and how to apply it. */
function noteEnvironment(home: string, record: UpRecord, terminal: Terminal): void {
  const changes = environmentChanges(record.environment, environmentPrints(home, process.env));
  if (changes.length === 0) return;
  const apply = record.byHand
    ? `end \`pawl up\` (pid ${record.up.pid}) and start it here`
    : "`pawl up --stop`, then this command again";
  terminal.note(
    `the workers do not have this environment: ${changes.join("; ")}\n  to apply it: ${apply}; runs under way resume from their checkpoints`,
  );
}

/**
 * Ends the embedded server and workers of a home that are of another build than this command, so that the next ones are
 * of this one, and says so: running stages save a checkpoint and go on from it. A `pawl up` typed by hand is only told of.
 * One of the same build that was started with another environment is left, with a note.
 */
export async function endOlder(home: string, terminal: Terminal): Promise<void> {
  const record = await runningServer(home);
  if (record === undefined) return;
  if (record.build === buildDigest()) return noteEnvironment(home, record, terminal);
  const what = "the embedded server and workers are of another build of Pawl than this command";
  if (record.byHand)
    return terminal.note(
      `${what}: end \`pawl up\` (pid ${record.up.pid}) and type it again; runs under way go on after it`,
    );
  terminal.note(`${what}: they are restarted; running stages save a checkpoint and go on from it`);
  await endProcess(record.up, patienceMs);
}
