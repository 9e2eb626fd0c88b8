import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const listening = "0A";

/** Whether this very process listens on a port of 127.0.0.1; undefined if the system does not report it (no /proc). */
export function listensOn(pid: number, port: number): boolean | undefined {
  try {
    const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
    const sockets = readFileSync("/proc/net/tcp", "utf8")
      .split("\n")
      .map((line) => line.trim().split(/\s+/))
      .filter(([, address, , state]) => address === local && state === listening)
      .map((fields) => `socket:[${fields[9]}]`);
    const directory = `/proc/${pid}/fd`;
    return readdirSync(directory).some((name) => sockets.includes(target(`${directory}/${name}`)));
  } catch {
    return undefined;
  }
}

/** What a descriptor stands for; empty when it was closed meanwhile. */
function target(descriptor: string): string {
  try {
    return readlinkSync(descriptor);
  } catch {
    return "";
  }
}
