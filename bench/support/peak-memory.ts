import { readFileSync } from "node:fs";

/** Most memory that this program has held so far, bytes. (`maxRSS` is inherited from the process that started it.) */
export function peakMemory(): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
}
