import { readFileSync } from "node:fs";

/**
 * How many processes the kernel has killed for want of memory, here (this process's control group) or, where that is
 * not told, on the whole machine; 0 where neither is. Only its growth means something.
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
