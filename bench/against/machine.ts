import { readFileSync } from "node:fs";
import os from "node:os";

/** Seconds that all processors together have worked since the machine started, for any program. */
export function busySeconds(): number {
  const times = os.cpus().map(({ times: { user, nice, sys, irq } }) => user + nice + sys + irq);
  return times.reduce((sum, milliseconds) => sum + milliseconds, 0) / 1000;
}

/** Above this share of the processors, times are those of a busy machine. */
export const tolerated = 0.1;

/**
 * What other programs do just now, in words; undefined on an idle machine. Watches for a second.
 */
export async function disturbance(): Promise<string | undefined> {
  const [before, start] = [busySeconds(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const seconds = (performance.now() - start) / 1000;
  const share = (busySeconds() - before) / (seconds * os.availableParallelism());
  if (share <= tolerated) return undefined;
  const load = os.loadavg()[0]!.toFixed(1);
  return `other programs use ${percent(share)} of the processors (load average ${load}${runnable()})`;
}

/**
 * Processes that run or wait for a processor, without this one, if the system reports it: proc(5),
 * loadavg.
 */
function runnable(): string {
  try {
    const count = Number(/(\d+)\/\d+/.exec(readFileSync("/proc/loadavg", "utf8"))![1]) - 1;
    return `, ${count} runnable`;
  } catch {
    return "";
  }
}

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
