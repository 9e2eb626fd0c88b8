import { readFileSync } from "node:fs";

/**
 * How many processes the kernel has killed because memory ran out, in this process's control group
 * or, if that is not reported, on the whole machine; 0 if neither is reported. Only an increase
 * means something.
 */
export function memoryKills(): number {
  const group = /^0::(.*)$/m.exec(read("/proc/self/cgroup"))?.[1];
  const events = group === undefined ? "" : read(`/sys/fs/cgroup${group}/memory.events`);
  const count = /^oom_kill (\d+)$/m;
  return Number(count.exec(events)?.[1] ?? count.exec(read("/proc/vmstat"))?.[1] ?? 0);
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
