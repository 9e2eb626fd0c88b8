import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../../platform/locations.js";

/** A command of Pawl in a home directory. */
export function pawlProcess(home: string, ...args: string[]) {
  return spawn(process.execPath, [path.join(packageRoot(), "dist", "cli", "main.js"), ...args], {
    env: { ...process.env, PAWL_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

export interface StudioProcess {
  /** Where it answers, without token. */
  address: string;
  stop: () => Promise<void>;
}

/** The studio of a home directory in a process of its own, as people run it. */
export async function startStudioProcess(home: string): Promise<StudioProcess> {
  const child = pawlProcess(home, "studio", "--json", "--no-open", "--port", "8265");
  const stop = async (): Promise<void> => {
    const end = once(child, "exit");
    child.kill();
    await end;
  };
  for await (const line of createInterface({ input: child.stdout }))
    return { address: new URL((JSON.parse(line) as { address: string }).address).origin, stop };
  throw new Error("the studio printed nothing");
}
