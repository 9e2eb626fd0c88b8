import { spawn, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import type { Rig } from "./rig.js";
import { stressHeartbeatMs } from "./stretched-plan.js";

/** What a run had to stand beside its kills. */
export interface StressReport {
  /** Processes that kept every processor busy. */
  busyProcesses: number;
  /** How often a worker process was stopped, and for how long each time, ms. */
  stops: number;
  stoppedMs: number;
}

/** The least time between two stops, and how long a process is stopped, ms: three times its heartbeat. */
const usualTimes = { betweenMs: 15_000, stoppedMs: 3 * stressHeartbeatMs };

/** How often it is looked whether the run has come farther, ms. */
const lookEveryMs = 200;

/**
 * Keeps the machine busy, and stops a worker process of a rig again and again for three times its heartbeat, until `ended`: what was
 * decided by a clock would now be decided otherwise. Between two stops the run comes farther, however long that takes: on a slow
 * machine stops by the clock alone would end every attempt before its first checkpoint.
 */
export async function stress(
  rig: Pick<Rig, "processes" | "progress">,
  ended: AbortSignal,
  { betweenMs, stoppedMs } = usualTimes,
): Promise<StressReport> {
  const busy = Array.from({ length: availableParallelism() }, busyProcess);
  const report: StressReport = {
    busyProcesses: busy.filter(({ pid }) => pid !== undefined).length,
    stops: 0,
    stoppedMs,
  };
  let before: string | undefined;
  try {
    while (!ended.aborted) {
      await pausing(betweenMs, ended);
      while (!ended.aborted && rig.progress() === before) await pausing(Math.min(betweenMs, lookEveryMs), ended);
      if (ended.aborted) break;
      const victim = rig.processes().find(({ name }) => name !== "workflows");
      if (victim === undefined || !send(victim.pid, "SIGSTOP")) continue;
      report.stops++;
      before = rig.progress();
      await pausing(stoppedMs, ended);
      send(victim.pid, "SIGCONT");
    }
  } finally {
    for (const child of busy) child.kill("SIGKILL");
  }
  return report;
}

/** Program of a process that is busy for as long as its parent, whose id it is given, lives: nobody else may end it. */
export const busyProgram = "for (let i = 0; i++ % 1e7 || process.ppid === Number(process.argv[1]););";

/** One that the system refuses has no process id. */
function busyProcess(): ChildProcess {
  const child = spawn(process.execPath, ["-e", busyProgram, String(process.pid)], { stdio: "ignore" });
  return child.on("error", () => undefined);
}

/** False where the process is gone. */
function send(pid: number, signal: "SIGSTOP" | "SIGCONT"): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Waits, but not beyond the end. */
export function pausing(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ended.aborted) return resolve();
    const timer = setTimeout(done, ms);
    ended.addEventListener("abort", done, { once: true });
    function done(): void {
      clearTimeout(timer);
      ended.removeEventListener("abort", done);
      resolve();
    }
  });
}
