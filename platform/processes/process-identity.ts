import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { sha256 } from "../digests.js";

/**
 * Identifies a process: a later one with the same id, or one of another machine or container, is
 * not mistaken for it.
 */
export interface ProcessIdentity {
  pid: number;
  /**
   * When it started, in the kernel's ticks since boot; absent if the system does not report it (no
   * /proc).
   */
  started?: string;
  /** The process table that the id belongs to; see thisMachine. */
  machine?: string;
  /** The host's name, for people: several machines and containers may have the same one. */
  host?: string;
}

/**
 * What is known about a process: it lives, it has ended, or it belongs to a process table that
 * cannot be read from here.
 */
export type Standing = "lives" | "ended" | "foreign";

let machine: string | undefined;

/**
 * The process table that this process's id belongs to: the boot of the kernel and the namespace of
 * process ids, as 12 hexadecimal digits. It differs between containers of one host and between
 * machines of one name, and after a reboot.
 */
export function thisMachine(): string {
  return (machine ??= machineId(read("/proc/sys/kernel/random/boot_id"), link("/proc/self/ns/pid")));
}

/** Computes this id from a boot id and a namespace or, without a boot id, from the host's name. */
export function machineId(boot: string | undefined, namespace: string | undefined): string {
  const identity = boot === undefined ? `host ${hostname()}` : `${boot.trim()} ${namespace ?? ""}`;
  return sha256(identity).slice(0, 12);
}

let own: ProcessIdentity | undefined;

/** The identity of an existing process of this machine. */
export function identify(pid: number): ProcessIdentity {
  if (pid === process.pid && own !== undefined) return own;
  const found = identifyProcess(pid);
  if (pid === process.pid && found.started !== undefined) own = found;
  return found;
}

function identifyProcess(pid: number): ProcessIdentity {
  const started = processTable(pid)?.started;
  return { pid, ...(started !== undefined && { started }), machine: thisMachine(), host: hostname() };
}

/**
 * What is known about exactly this process. A zombie (its parent has not waited for it yet; process
 * 1 of a container may never do so) has ended. A record without a start time, or one that names
 * process 1, is damaged and is not trusted.
 */
export function processStanding(found: ProcessIdentity): Standing {
  const { pid, started } = found;
  if (found.machine !== undefined && found.machine !== thisMachine()) return "foreign";
  if (!Number.isInteger(pid) || pid <= 1) return "ended";
  const entry = processTable(pid);
  if (entry === undefined) return !hasProcessTable() && isAlive(pid) ? "lives" : "ended";
  return !entry.ended && entry.started === started ? "lives" : "ended";
}

/** Whether exactly this process still runs on this machine. */
export function lives(found: ProcessIdentity): boolean {
  return processStanding(found) === "lives";
}

/**
 * Reads an identity from a file that may be damaged. Returns undefined if the value is not an
 * identity.
 */
export function readIdentity(value: unknown): ProcessIdentity | undefined {
  const { pid, started, machine, host } = (value ?? {}) as Record<keyof ProcessIdentity, unknown>;
  if (typeof pid !== "number") return undefined;
  return {
    pid,
    ...(typeof started === "string" && { started }),
    ...(typeof machine === "string" && { machine }),
    ...(typeof host === "string" && { host }),
  };
}

/** The name of this process, which stays the same while it lives. */
let ownName: string | undefined;

/**
 * Writes a process (by default this one) as part of a file name, without dots. `namedProcess` reads
 * it.
 */
export function processName(found?: ProcessIdentity): string {
  return found === undefined ? (ownName ??= identityName(identify(process.pid))) : identityName(found);
}

function identityName(found: ProcessIdentity): string {
  return `${found.machine ?? thisMachine()}-${found.pid}-${found.started ?? 0}`;
}

/** Reads the process from such a name. Returns undefined if the name contains none. */
export function namedProcess(name: string): ProcessIdentity | undefined {
  const [, machine, pid, started] = /^([0-9a-f]{12})-(\d+)-(\d+)$/.exec(name) ?? [];
  return machine === undefined ? undefined : { pid: Number(pid), started: started!, machine };
}

/** Whether a process with this id exists, whichever user owns it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process exists but belongs to another user.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** The state of a process in the kernel's process table. */
export interface ProcessTableEntry {
  ended: boolean;
  /** Stopped by a signal or a debugger: it does not run until it is continued. */
  stopped: boolean;
  started: string;
  /** Processor time so far, in ticks, of the process with all its threads. */
  ticks: number;
}

/**
 * Reads a process's entry. Returns undefined if the process does not exist or the system has no
 * /proc.
 */
export function processTable(pid: number): ProcessTableEntry | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : parseStat(stat)?.entry;
}

/** Parses a line of `/proc/PID/stat` (see proc(5)). Returns undefined if it has another form. */
export function parseStat(stat: string): { pid: number; entry: ProcessTableEntry } | undefined {
  // The fields after the command's name, which may hold spaces and parentheses, begin with the
  // third.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [pid, state, started] = [Number.parseInt(stat, 10), fields[0], fields[19]];
  if (!Number.isInteger(pid) || started === undefined) return undefined;
  const ended = state === "Z" || state === "X";
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { pid, entry: { ended, stopped: state === "T" || state === "t", started, ticks } };
}

const hasProcessTable = (): boolean => read("/proc/self/stat") !== undefined;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function link(file: string): string | undefined {
  try {
    return readlinkSync(file);
  } catch {
    return undefined;
  }
}
