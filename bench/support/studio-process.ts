import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../../platform/program/locations.js";

/** A command of Pawl in a home directory. */
export function pawlProcess(home: string, ...args: string[]) {
  return spawn(process.execPath, [path.join(packageRoot(), "dist", "cli", "main.js"), ...args], {
    env: { ...process.env, PAWL_HOME: home },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

export interface StudioProcess {
  address: string;
  /** Of its owner; see `studio/page/session.ts`. */
  session: string;
  /** What its owner's requests carry. */
  headers: Record<string, string>;
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
  for await (const line of createInterface({ input: child.stdout })) {
    const { origin, hash } = new URL((JSON.parse(line) as { address: string }).address);
    const body = JSON.stringify({ code: hash.slice("#code=".length) });
    const response = await fetch(`${origin}/api/session`, { method: "POST", body });
    const { session } = (await response.json()) as { session: string };
    return { address: origin, session, headers: { authorization: `Bearer ${session}` }, stop };
  }
  throw new Error("the studio printed nothing");
}
