import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { identify, lives, type ProcessIdentity } from "../platform/process-identity.js";
import type { Progress } from "../schemas/run.js";

/**
 * What a slot's process is working on. It lies on disk, so that whoever finds the process dead can tell the server at
 * once instead of letting it wait for the heartbeat timeout.
 */
export interface SlotTask extends ProcessIdentity {
  host: string;
  /** Base64 of what the server knows the attempt by. */
  taskToken: string;
  runId: string;
  stage: string;
  attempt: number;
  /** The attempt has ended; the server may not have heard of it yet. */
  ended: boolean;
  /** The last progress that was worth writing down: with the newest checkpoint. */
  reached?: Progress;
}

const folder = (home: string): string => path.join(home, "slots");
/** Machines that share a home folder, containers above all, may use the same process ids. */
const file = (home: string, pid: number): string => path.join(folder(home), `${hostname()}.${pid}.json`);

/** The part of a task that says whose it is. */
export function thisProcess(): ProcessIdentity & Pick<SlotTask, "host"> {
  return { host: hostname(), ...identify(process.pid) };
}

/** The file in which this process keeps its task. */
export class TaskFile {
  readonly #home: string;
  readonly #descriptor: number;
  /** Length of the longest text so far: what is written over must be covered. */
  #longest = 0;

  constructor(home: string) {
    mkdirSync(folder(home), { recursive: true });
    this.#home = home;
    this.#descriptor = openSync(file(home, process.pid), "w");
  }

  /**
   * Writes the task in place, in one call: a process that is killed has either made it or not. Renaming a new file
   * over the old one would be as good, but makes the file system wait for the disk.
   */
  write(task: SlotTask): void {
    const bytes = Buffer.from(JSON.stringify(task));
    this.#longest = Math.max(this.#longest, bytes.length);
    writeSync(
      this.#descriptor,
      Buffer.concat([bytes, Buffer.alloc(this.#longest - bytes.length, " ")]),
      0,
      this.#longest,
      0,
    );
  }

  remove(): void {
    closeSync(this.#descriptor);
    removeTask(this.#home, process.pid);
  }
}

/** Forgets a process's task. */
export function removeTask(home: string, pid: number): void {
  rmSync(file(home, pid), { force: true });
}

/** The task of a process, if it had one. */
export function readTask(home: string, pid: number): SlotTask | undefined {
  try {
    return JSON.parse(readFileSync(file(home, pid), "utf8")) as SlotTask;
  } catch {
    return undefined;
  }
}

/**
 * Tasks whose processes have died on this machine: left over by a supervisor that died as well.
 * @param children process ids of the caller's own: how they ended it hears from the system, though they may be dead already
 */
export function orphanedTasks(home: string, children: ReadonlySet<number> = new Set()): SlotTask[] {
  return pidsWithTask(home)
    .filter((pid) => !children.has(pid))
    .flatMap((pid) => readTask(home, pid) ?? [])
    .filter((task) => task.host === hostname() && !lives(task));
}

function pidsWithTask(home: string): number[] {
  try {
    const own = `${hostname()}.`;
    return readdirSync(folder(home))
      .filter((name) => name.startsWith(own) && /^\d+\.json$/.test(name.slice(own.length)))
      .map((name) => Number.parseInt(name.slice(own.length), 10));
  } catch {
    return [];
  }
}
