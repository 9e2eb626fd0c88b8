import { readdirSync, readFileSync } from "node:fs";

/**
 * Bears the mark of a turn in the environment of all its processes, also of those that detach
 * themselves.
 */
export const markVariable = "PAWL_BENCH_TURN";

/** One look at a process; times in ticks of the kernel. */
export interface Seen {
  pid: number;
  parent: number;
  /** Its own user and system time. */
  own: number;
  /** The same of the children that it has waited for, and of theirs. */
  waited: number;
}

/** Ticks a second: the constant that Linux shows to programs on every architecture. */
const ticksPerSecond = 100;

/** The living processes of a turn; undefined if the system does not report them (no /proc). */
export function findProcesses(mark: string): Seen[] | undefined {
  try {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    return pids.flatMap((pid) => look(Number(pid), mark) ?? []);
  } catch {
    return undefined;
  }
}

function look(pid: number, mark: string): Seen | undefined {
  try {
    if (!readFileSync(`/proc/${pid}/environ`, "utf8").includes(`${markVariable}=${mark}\0`)) return undefined;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // proc(5): the fields after the command's name, which may hold spaces, begin with the third.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [user, system, waitedUser, waitedSystem] = fields.slice(11, 15).map(Number);
    return { pid, parent: Number(fields[1]), own: user! + system!, waited: waitedUser! + waitedSystem! };
  } catch {
    // It ended meanwhile, or belongs to someone else.
    return undefined;
  }
}

/**
 * Processor time of a turn from repeated looks at its processes. Time of children that a process
 * has waited for counts if the looks missed it: a child that lived between two looks, and the last
 * moments of one that was seen.
 */
export class ProcessorTime {
  readonly #last = new Map<number, Seen>();

  add(looks: readonly Seen[]): void {
    for (const seen of looks) {
      const { parent } = this.#last.get(seen.pid) ?? seen;
      // An orphan belongs to the process that started it.
      this.#last.set(seen.pid, { ...seen, parent });
    }
  }

  seconds(): number {
    const known = new Map<number, number>();
    for (const { parent, own, waited } of this.#last.values())
      known.set(parent, (known.get(parent) ?? 0) + own + waited);
    let ticks = 0;
    for (const { pid, own, waited } of this.#last.values()) ticks += own + Math.max(0, waited - (known.get(pid) ?? 0));
    return ticks / ticksPerSecond;
  }
}

/**
 * Ends everything that still bears the mark of a turn, including what a supervisor restarts
 * meanwhile.
 */
export function killProcesses(mark: string): void {
  for (let looks = 0; looks < maxLooks; looks++) {
    const left = findProcesses(mark) ?? [];
    if (left.length === 0) return;
    for (const { pid } of left) kill(pid);
  }
}

/** A limit, so that a process that the kernel cannot end does not block forever. */
const maxLooks = 100;

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
