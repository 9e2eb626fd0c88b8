import { spawn, type ChildProcess } from "node:child_process";
import os from "node:os";
import type { Duplex, Readable } from "node:stream";
import { memoryKills } from "../../platform/processes/memory-kills.js";

/**
 * Maximum time that a program has between SIGTERM and SIGKILL, ms; a worker process that is stopped
 * has twice as much.
 */
export const programGraceMs = 30_000;

/** The descriptor to which a program writes its events. */
export const eventsDescriptor = 3;

/**
 * Starts the program in the background and waits for it. Whatever happens to the worker process,
 * the program and what it has started end with it: the shell's standard input is a pipe that only
 * the worker process holds open, and when it closes, the whole process group is killed. SIGTERM is
 * for the program; the shell itself stays until the program has ended. Descriptor 4 keeps the pipe,
 * since a background command's standard input is /dev/null; `exec` starts programs only, not what
 * the shell itself can do.
 */
const guard = `
trap : TERM INT HUP
exec 4<&0 </dev/null
exec "$@" 4<&- & program=$!
( trap '' TERM INT HUP; read -r closed; kill -KILL 0 ) <&4 >/dev/null 2>&1 3>&- &
exec 4<&-
while wait "$program"; code=$?; kill -0 "$program" 2>/dev/null; do :; done
exit "$code"
`;

export interface Program {
  /** The program and its arguments. */
  argv: readonly string[];
  workingDirectory: string;
  environment: Readonly<Record<string, string>>;
  onOutput: (bytes: Buffer) => void;
  /** @param answer writes to the program's events descriptor, which it may read */
  onEvents: (bytes: Buffer, answer: (text: string) => void) => void;
}

/** How a program ended: with a code or by a signal. */
export interface ProgramEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The kernel killed a process because memory ran out meanwhile. */
  memoryKill: boolean;
}

/**
 * Runs a program to its end, in a process group of its own. All that it wrote has been passed on,
 * and nothing that it started still runs, unless that left the group.
 * @param signal when it is aborted the program gets SIGTERM, and SIGKILL after `graceMs`
 * @throws system errors of starting a process; what `onOutput` or `onEvents` throws, once the
 *   program has been stopped
 */
export async function runProgram(
  program: Program,
  signal: AbortSignal,
  graceMs: () => number = () => programGraceMs,
): Promise<ProgramEnd> {
  const killsBefore = memoryKills();
  const child = spawn("/bin/sh", ["-c", guard, "sh", ...program.argv], {
    cwd: program.workingDirectory,
    env: program.environment,
    stdio: ["pipe", "pipe", "pipe", "pipe"],
    detached: true,
  });
  // The pipe breaks when the shell ends.
  child.stdin.on("error", () => undefined);
  const events = child.stdio[eventsDescriptor] as Duplex;
  const answer = (text: string): void => void events.write(text);
  const stop = stopper(child, graceMs);
  const faults: unknown[] = [];
  /** Nobody catches what a stream's listener throws, so it would end the process. */
  const stopping = (take: (bytes: Buffer) => void) => (bytes: Buffer) => {
    if (faults.length > 0) return;
    try {
      take(bytes);
    } catch (error) {
      faults.push(error);
      stop.ask();
    }
  };
  const streams = [
    passOn(child.stdout, stopping(program.onOutput)),
    passOn(child.stderr, stopping(program.onOutput)),
    passOn(
      events,
      stopping((bytes) => program.onEvents(bytes, answer)),
    ),
  ];
  if (signal.aborted) stop.ask();
  signal.addEventListener("abort", stop.ask);
  try {
    const end = await ended(child);
    killGroup(child, "SIGKILL");
    await Promise.all(streams.map((drained) => drained()));
    if (faults.length > 0) throw faults[0];
    return { ...end, memoryKill: memoryKills() > killsBefore };
  } finally {
    signal.removeEventListener("abort", stop.ask);
    stop.close();
  }
}

function ended(child: ChildProcess): Promise<Pick<ProgramEnd, "code" | "signal">> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => child.pid === undefined && reject(error));
    child.once("exit", (code, signal) => resolve(programEnd(code, signal)));
  });
}

/** A shell reports that a program was killed by signal n as code 128 + n. */
function programEnd(code: number | null, signal: NodeJS.Signals | null): Pick<ProgramEnd, "code" | "signal"> {
  const named = Object.entries(os.constants.signals).find(([, number]) => code === 128 + number)?.[0];
  return named === undefined ? { code, signal } : { code: null, signal: named as NodeJS.Signals };
}

function stopper(child: ChildProcess, graceMs: () => number): { ask: () => void; close: () => void } {
  let deadline: NodeJS.Timeout | undefined;
  return {
    ask() {
      if (deadline !== undefined) return;
      killGroup(child, "SIGTERM");
      deadline = setTimeout(() => killGroup(child, "SIGKILL"), graceMs());
    },
    close: () => clearTimeout(deadline),
  };
}

/** The group exists as long as one of its processes does, so its number cannot be another's. */
function killGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Passes on what a stream brings.
 * @returns a function that waits, after the end of the program, until nothing is left in the pipe.
 *   Its end would not do: a process that has left the group may hold it open for ever. In each turn
 *   of the event loop all pipes are read that hold something, so one turn without anything new has
 *   emptied it.
 */
function passOn(stream: Readable, to: (bytes: Buffer) => void): () => Promise<void> {
  let received = 0;
  stream.on("data", (bytes: Buffer) => {
    received += bytes.length;
    to(bytes);
  });
  stream.on("error", () => undefined);
  return async () => {
    for (let before = -1; before !== received && !stream.destroyed;) {
      before = received;
      for (let turn = 0; turn < 2; turn++) await new Promise(setImmediate);
    }
    stream.destroy();
  };
}
