import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../platform/digests.js";
import { namedProcess, processName, processStanding } from "../platform/processes/process-identity.js";
import type { NativeBinding } from "./backend.js";

/** A graph that TensorFlow has loaded, with its variables. */
export interface Session {
  /** TensorFlow's number for it. */
  id: number;
  /** SHA-256 of the graph. */
  digest: string;
  /** Bytes of its variables. */
  bytes: number;
}

/** Maximum number of idle sessions, and bytes of the variables of them all and of one. */
const most = { sessions: 8, bytes: 1 << 27, bytesOfOne: 1 << 25 };

const idleSessions = Symbol.for("pawl.idleSessions");

/**
 * Kept on the library's own object, which outlives a reload of this module, as in switches.ts. The
 * oldest come first.
 */
function idleIn(binding: NativeBinding): Session[] {
  const keeper = binding as { [idleSessions]?: Session[] };
  return (keeper[idleSessions] ??= []);
}

/**
 * A session of a graph: an idle one of the same graph if there is one, which need not be loaded,
 * optimized and compiled again. Its variables then hold old values, so the caller must overwrite
 * each of them before it runs anything else.
 * @param savedModel the graph in TensorFlow's format
 * @param bytes of its variables
 */
export function openSession(binding: NativeBinding, savedModel: Uint8Array, bytes: number): Session {
  const digest = sha256(savedModel);
  const idle = idleIn(binding);
  const found = idle.findIndex((session) => session.digest === digest);
  if (found !== -1) return idle.splice(found, 1)[0]!;
  if (bytes > most.bytesOfOne) endIdleSessions(binding);
  return { id: loadGraph(binding, savedModel), digest, bytes };
}

/** Ends the use of a session. @param isSound false: it failed, so no other program gets it */
export function closeSession(binding: NativeBinding, session: Session, isSound: boolean): void {
  if (!isSound || session.bytes > most.bytesOfOne) return binding.deleteSavedModel(session.id);
  const idle = idleIn(binding);
  idle.push(session);
  const bytes = (): number => idle.reduce((sum, each) => sum + each.bytes, 0);
  while (idle.length > most.sessions || bytes() > most.bytes) binding.deleteSavedModel(idle.shift()!.id);
}

/** Frees the memory of all idle sessions. */
export function endIdleSessions(binding: NativeBinding): void {
  for (const { id } of idleIn(binding).splice(0)) binding.deleteSavedModel(id);
}

/** Loads the graph into a session through a file that is removed immediately. */
function loadGraph(binding: NativeBinding, savedModel: Uint8Array): number {
  removeOldGraphs();
  const directory = mkdtempSync(join(tmpdir(), `${graphPrefix}${processName()}.`));
  try {
    writeFileSync(join(directory, "saved_model.pb"), savedModel);
    return binding.loadSavedModel(directory, "serve");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const graphPrefix = "pawl-graph-";

/** Removes the graphs of processes that were killed while they loaded them. */
function removeOldGraphs(): void {
  for (const name of readdirSync(tmpdir()).filter((found) => found.startsWith(graphPrefix))) {
    const owner = namedProcess(name.slice(graphPrefix.length).split(".")[0]!);
    try {
      if (owner !== undefined && processStanding(owner) === "ended")
        rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Another process was faster, or it is another user's.
    }
  }
}
