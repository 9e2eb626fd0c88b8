import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { killProcesses, markVariable, findProcesses, ProcessorTime } from "./processes.js";

export interface Command {
  program: string;
  args: readonly string[];
  directory: string;
  environment?: Record<string, string>;
  /** Its output goes there, both streams. */
  logFile: string;
  /** Ends it with all its processes. */
  signal: AbortSignal;
}

export interface Ended {
  /** null if a signal ended it. */
  code: number | null;
  seconds: number;
  /** Processor time of all its processes, seconds; null if the system does not report it. */
  processorSeconds: number | null;
}

const lookMs = 250;
/** How long an interrupted command may take to end its own children. */
const graceMs = 5000;

/**
 * Runs a command and waits for it; then ends what it left running.
 * @throws the signal's reason
 */
export async function runCommand({ program, args, directory, environment, logFile, signal }: Command): Promise<Ended> {
  signal.throwIfAborted();
  mkdirSync(path.dirname(logFile), { recursive: true });
  const log = openSync(logFile, "w");
  const mark = randomUUID();
  const time = new ProcessorTime();
  const begun = performance.now();
  // In its own process group: Ctrl-C in the terminal reaches only this process, which then ends the
  // group.
  const env = { ...process.env, ...environment, [markVariable]: mark };
  const child = spawn(program, args, { cwd: directory, env, stdio: ["ignore", log, log], detached: true });
  closeSync(log);
  const looks = setInterval(() => time.add(findProcesses(mark) ?? []), lookMs);
  const end = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    process.kill(-child.pid, "SIGTERM");
    setTimeout(() => child.kill("SIGKILL"), graceMs).unref();
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    signal.throwIfAborted();
    const seconds = (performance.now() - begun) / 1000;
    return { code, seconds, processorSeconds: findProcesses(mark) === undefined ? null : time.seconds() };
  } finally {
    clearInterval(looks);
    signal.removeEventListener("abort", end);
    killProcesses(mark);
  }
}

/** The last lines that a command wrote. */
export function lastLines(logFile: string, count = 15): string {
  return readFileSync(logFile, "utf8").trimEnd().split("\n").slice(-count).join("\n");
}
