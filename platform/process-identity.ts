import { readFileSync } from "node:fs";

/** A process of this machine that cannot be mistaken for a later one with the same id. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the kernel's ticks since boot; absent where the system does not say (no /proc). */
  started?: string;
}

/** What a process that exists is told by. */
export function identify(pid: number): ProcessIdentity {
  const started = processTable(pid)?.started;
  return started === undefined ? { pid } : { pid, started };
}

/** Whether this very process still runs. One that has ended but is not yet waited for by its parent does not. */
export function lives({ pid, started }: ProcessIdentity): boolean {
  const entry = processTable(pid);
  if (entry === undefined) return started === undefined && isAlive(pid);
  return !entry.ended && (started === undefined || entry.started === started);
}

/** Whether a process with this id exists, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user exists, though it takes no signal of ours.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** What the process table says of a process; undefined where there is no such process, or no /proc. */
function processTable(pid: number): { ended: boolean; started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the fields after the command's name, which may hold spaces and parentheses, begin with the third.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { ended: fields[0] === "Z" || fields[0] === "X", started: fields[19]! };
  } catch {
    return undefined;
  }
}
