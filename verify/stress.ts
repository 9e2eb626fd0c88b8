import { spawn, type ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import type { StressReport, StressTarget } from "./stress-report.js";
import { stressTimes } from "./stretched-plan.js";
import { pause } from "../platform/processes/pause.js";

/** Stopped in this order, repeatedly. */
const targets: readonly StressTarget[] = ["worker", "workflows", "server"];

/**
 * The minimum time between two stops, and how long a process is stopped, ms: three times the
 * heartbeat.
 */
const usualTimes = { betweenMs: 15_000, stoppedMs: 3 * stressTimes.heartbeatMs };

/** How often to check whether the run has progressed, ms. */
const lookEveryMs = 200;

/** Processes that may be stopped: those of a rig (rig.ts). */
export interface Stoppable {
  processes(): { name: string; pid: number }[];
  serverPid(): number | undefined;
}

/**
 * The process whose turn it is: a worker process (a different one each time if there are several),
 * the process for workflows, or the server. Undefined if there is none at the moment.
 * @param turn from 0
 */
export function nextVictim(turn: number, rig: Stoppable): { target: StressTarget; pid: number } | undefined {
  const target = targets[turn % targets.length]!;
  const round = Math.floor(turn / targets.length);
  const found =
    target === "server"
      ? [rig.serverPid()]
      : rig
          .processes()
          .filter(({ name }) => (name === "workflows") === (target === "workflows"))
          .map(({ pid }) => pid);
  const pid = found[round % found.length];
  return pid === undefined ? undefined : { target, pid };
}

/**
 * Keeps the machine busy, and repeatedly stops a process of a rig for three times the heartbeat,
 * until `ended`: a worker process, the process for workflows and the server in turn. Whatever a
 * clock decides would now be decided differently. Between two stops the run progresses, however
 * long that takes: on a slow machine, stops by the clock alone would end every attempt before its
 * first checkpoint.
 */
export async function stress(
  rig: Stoppable & { progress(): string },
  ended: AbortSignal,
  { betweenMs, stoppedMs } = usualTimes,
): Promise<StressReport> {
  const busy = Array.from({ length: availableParallelism() }, busyProcess);
  const report: StressReport = {
    busyProcesses: busy.filter(({ pid }) => pid !== undefined).length,
    stops: { worker: 0, workflows: 0, server: 0 },
    stoppedMs,
  };
  let before: string | undefined;
  let turn = 0;
  try {
    while (!ended.aborted) {
      await pause(betweenMs, ended);
      while (!ended.aborted && rig.progress() === before) await pause(Math.min(betweenMs, lookEveryMs), ended);
      if (ended.aborted) break;
      const victim = nextVictim(turn, rig);
      if (victim === undefined || !send(victim.pid, "SIGSTOP")) continue;
      turn++;
      report.stops[victim.target]++;
      before = rig.progress();
      await pause(stoppedMs, ended);
      send(victim.pid, "SIGCONT");
    }
  } finally {
    for (const child of busy) child.kill("SIGKILL");
  }
  return report;
}

/**
 * Program of a process that is busy for as long as its parent, whose id it is given, lives: nobody
 * else may end it.
 */
export const busyProgram = "for (let i = 0; i++ % 1e7 || process.ppid === Number(process.argv[1]););";

/** One that the system refuses has no process id. */
function busyProcess(): ChildProcess {
  const child = spawn(process.execPath, ["-e", busyProgram, String(process.pid)], { stdio: "ignore" });
  return child.on("error", () => undefined);
}

/** False if the process no longer exists. */
function send(pid: number, signal: "SIGSTOP" | "SIGCONT"): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}
