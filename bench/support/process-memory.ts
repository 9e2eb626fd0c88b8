import { readFileSync } from "node:fs";

/**
 * Peak memory of this program so far, bytes. (`maxRSS` is inherited from the process that started
 * it.)
 */
export function peakMemory(): number {
  return field(readFileSync("/proc/self/status", "utf8"), "VmHWM");
}

/** What a process holds in memory now, bytes. */
export interface ResidentMemory {
  /** All pages. */
  resident: number;
  /** The same, but 1/n of a page that n processes share: what the process costs the machine. */
  proportional: number;
}

export function residentMemory(pid: number): ResidentMemory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  return { resident: field(text, "Rss"), proportional: field(text, "Pss") };
}

const field = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(text)![1]) * 1024;
