import { readFileSync } from "node:fs";
import { isAlive } from "../../store/index.js";

/** A process that cannot be mistaken for a later one with the same id. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in the kernel's ticks since boot; absent where the system does not tell (no /proc). */
  started?: string;
}

export function identify(pid: number): ProcessIdentity {
  const started = startOf(pid);
  return started === undefined ? { pid } : { pid, started };
}

/** Whether this very process still lives. */
export function lives({ pid, started }: ProcessIdentity): boolean {
  return isAlive(pid) && (started === undefined || startOf(pid) === started);
}

function startOf(pid: number): string | undefined {
  try {
    // The command's name, in parentheses, may hold spaces; field 22 of proc(5) is the 20th after it.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

/** Ends a process that is not our child: asks first, then kills. Settles when it is gone. */
export async function endProcess(found: ProcessIdentity, patienceMs = 10_000): Promise<void> {
  const deadline = Date.now() + patienceMs;
  let signal: NodeJS.Signals = "SIGTERM";
  for (let sent = false; lives(found);) {
    if (!sent || (signal === "SIGTERM" && Date.now() > deadline)) {
      if (sent) signal = "SIGKILL";
      process.kill(found.pid, signal);
      sent = true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
