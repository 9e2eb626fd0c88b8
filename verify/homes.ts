import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { namedProcess, processName, processStanding } from "../platform/processes/process-identity.js";

const prefix = "pawl-verify-";
/** Marks a home directory that a report names: the directory outlives its process. */
const kept = "kept";

/**
 * A new home directory below another one, the system's for temporary files, named after this
 * process. Home directories of processes that have ended are removed first: a killed process could
 * not remove its own.
 */
export function newHome(directory = tmpdir()): string {
  const names = readdirSync(directory).filter((name) => name.startsWith(prefix));
  for (const name of names) removeIfLeft(path.join(directory, name), name);
  return mkdtempSync(path.join(directory, `${prefix}${processName()}-`));
}

/** Keeps a home directory for inspection. */
export function keepHome(home: string): void {
  writeFileSync(
    path.join(home, kept),
    "pawl verify: the digests of a run in this store differ; remove it when you are done\n",
  );
}

function removeIfLeft(home: string, name: string): void {
  const owner = namedProcess(name.slice(prefix.length).replace(/-[^-]*$/, ""));
  if (owner === undefined || processStanding(owner) !== "ended" || existsSync(path.join(home, kept))) return;
  try {
    rmSync(home, { recursive: true, force: true });
  } catch {
    // Another process was faster, it is another user's, or a worker that is just ending wrote into
    // it: the next start retries.
  }
}
