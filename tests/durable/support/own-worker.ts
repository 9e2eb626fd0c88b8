import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import type { ServerAddress } from "../../../worker/server/connection.js";

const underWay = new Set<ChildProcess>();
afterAll(() => underWay.forEach((child) => child.kill("SIGKILL")));

/** Starts a worker with nothing but Temporal's SDK (own-worker.mjs), and waits until it polls. */
export async function startOwnWorker({ address, namespace }: ServerAddress, taskQueue: string): Promise<ChildProcess> {
  const place = JSON.stringify({ address, namespace, taskQueue });
  const child = kept(fork(path.join(import.meta.dirname, "own-worker.mjs"), [place]));
  await Promise.race([
    once(child, "message"),
    once(child, "exit").then(([code]) => Promise.reject(new Error(`the worker ended with code ${code}`))),
  ]);
  return child;
}

/** Starts a worker in Python with the module `pawl_worker`. */
export function startPythonWorker(
  python: string,
  script: string,
  { address, namespace }: ServerAddress,
  { modules, home }: { modules: string; home: string },
): ChildProcess {
  const server = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const env = { ...process.env, PYTHONPATH: modules, PAWL_HOME: home, ...server };
  return kept(spawn(python, ["-c", script], { env, stdio: "inherit" }));
}

/** Kills a worker as a crash would. */
export async function crash(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

function kept(child: ChildProcess): ChildProcess {
  underWay.add(child);
  child.once("exit", () => underWay.delete(child));
  return child;
}
