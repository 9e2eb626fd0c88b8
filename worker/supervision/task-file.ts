import { closeSync, futimesSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import {
  identify,
  processStanding,
  thisMachine,
  type ProcessIdentity,
} from "../../platform/processes/process-identity.js";
import { writeAll } from "../../store/history/append.js";
import { RenewalWatch } from "../../store/ownership/renewals.js";
import type { Progress } from "../../schemas/stage-result.js";

/**
 * What a worker process is working on. It is kept on disk, so that the supervisor can report the
 * death of the process to the server immediately. Otherwise the server would wait for the heartbeat
 * timeout.
 */
export interface StageTask extends ProcessIdentity {
  /** Base64 of the token by which the server knows the attempt. */
  taskToken: string;
  runId: string;
  stage: string;
  attempt: number;
  /** The attempt has ended; the server may not know that yet. */
  ended: boolean;
  /** The progress at the newest checkpoint. */
  reached?: Progress;
}

const directory = (home: string): string => path.join(home, "tasks");
/**
 * Machines that share a home directory, containers above all, may use the same process ids, and the
 * same host name.
 */
const file = (home: string, pid: number): string => path.join(directory(home), `${thisMachine()}.${pid}.json`);
/** A process renews its file so often, ms: it may have no task for long. */
const renewEveryMs = 60 * 60 * 1000;
/**
 * Files of other machines are left to them; one that was watched for so long, ms, without a change
 * is reported by nobody.
 */
const expiresMs = 7 * 24 * 60 * 60 * 1000;
const watchOfOthers = new RenewalWatch();

/** The file in which this process keeps its task. */
export class TaskFile {
  readonly #home: string;
  readonly #descriptor: number;
  readonly #renewal: NodeJS.Timeout;
  /** Length of the longest text so far: a shorter one must overwrite all of it. */
  #maxLength = 0;

  constructor(home: string) {
    mkdirSync(directory(home), { recursive: true });
    this.#home = home;
    this.#descriptor = openSync(file(home, process.pid), "w");
    this.#renewal = setInterval(() => this.#renew(), renewEveryMs).unref();
  }

  /**
   * Writes the task in place, in one call: a killed process has either completed it or not begun.
   * Renaming a new file over the old one would be as safe, but makes the file system wait for the
   * disk.
   */
  write(task: StageTask): void {
    const bytes = Buffer.from(JSON.stringify(task));
    this.#maxLength = Math.max(this.#maxLength, bytes.length);
    writeAll(this.#descriptor, Buffer.concat([bytes, Buffer.alloc(this.#maxLength - bytes.length, " ")]), 0);
  }

  #renew(): void {
    const now = new Date();
    try {
      futimesSync(this.#descriptor, now, now);
    } catch {
      // The next renewal may succeed.
    }
  }

  remove(): void {
    clearInterval(this.#renewal);
    closeSync(this.#descriptor);
    removeTask(this.#home, process.pid);
  }
}

/** Removes a process's task. */
export function removeTask(home: string, pid: number): void {
  rmSync(file(home, pid), { force: true });
}

/** Reads the task of a process, if it had one. */
export function readTask(home: string, pid: number): StageTask | undefined {
  try {
    return JSON.parse(readFileSync(file(home, pid), "utf8")) as StageTask;
  } catch {
    return undefined;
  }
}

/**
 * Tasks whose processes have died on this machine: left over by a supervisor that died as well.
 * Files that a dead process left without a task are removed.
 * @param children process ids of the caller's own children: the system reports how they ended,
 *   though they may already be dead
 */
export function orphanedTasks(
  home: string,
  children: ReadonlySet<number> = new Set(),
  watch = watchOfOthers,
): StageTask[] {
  const tasks: StageTask[] = [];
  for (const name of namesIn(directory(home))) {
    const [, machine, pid] = /^([0-9a-f]{12})\.(\d+)\.json$/.exec(name) ?? [];
    if (machine !== thisMachine()) removeAbandoned(path.join(directory(home), name), watch);
    else if (!children.has(Number(pid))) {
      const task = readTask(home, Number(pid));
      if (task === undefined) removeEmpty(home, Number(pid));
      else if (processStanding(task) === "ended") tasks.push(task);
    }
  }
  return tasks;
}

/**
 * A process writes its task when it is given one; until then its file is empty, and the process id
 * in its name says whose it is.
 */
function removeEmpty(home: string, pid: number): void {
  if (processStanding(identify(pid)) === "ended") removeTask(home, pid);
}

function removeAbandoned(file: string, watch: RenewalWatch): void {
  const found = statSync(file, { throwIfNoEntry: false, bigint: true });
  if (found !== undefined && watch.hasExpired(file, String(found.mtimeNs), expiresMs)) rmSync(file, { force: true });
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
