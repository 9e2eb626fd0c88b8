import { existsSync, mkdirSync, readdirSync, watch } from "node:fs";
import path from "node:path";
import { layout } from "../store/home.js";
import { namesIn, findOwner } from "../store/temporary.js";
import { readTask } from "../worker/supervision/task-file.js";
import type { Rig } from "./rig.js";
import { pause } from "../platform/processes/pause.js";

/** What was killed, when (ms since the epoch), and what it was doing. */
export interface Kill {
  target: "worker" | "workflows" | "server";
  at: number;
  /** The stage whose attempt died with a worker process. */
  stage?: string;
  /** It died with a half-written checkpoint left behind. */
  insideCheckpoint: boolean;
}

/**
 * Times between kills, ms: short enough to hit a restart, long enough that work gets done in
 * between.
 */
const pauses = { shortest: 200, longest: 4000 };
/** How long a kill waits for the write of a checkpoint to begin, ms. */
const ambush = 5000;
const lookAgainMs = 20;

/**
 * Kills processes of a rig with SIGKILL at random moments, until `count` are delivered or `ended`
 * is aborted: worker processes (half of all; every second time as soon as a checkpoint is being
 * written, if one is within 5 s), the process for workflow code, the server.
 * @param random numbers in [0, 1)
 */
export async function killAtRandom(
  rig: Rig,
  count: number,
  random: () => number,
  ended: AbortSignal,
  onKill: (kill: Kill) => void,
): Promise<void> {
  for (let delivered = 0; delivered < count && !ended.aborted;) {
    await pause(pauses.shortest + random() * (pauses.longest - pauses.shortest), ended);
    const choice = random();
    const inAmbush = random() < 0.5;
    if (ended.aborted) return;
    const kill =
      choice < 0.5
        ? await killStageProcess(rig, inAmbush, ended)
        : choice < 0.7
          ? killWorkflows(rig)
          : await killServer(rig);
    if (kill === undefined) continue;
    delivered++;
    onKill(kill);
  }
}

async function killStageProcess(rig: Rig, inAmbush: boolean, ended: AbortSignal): Promise<Kill | undefined> {
  if (inAmbush) await checkpointBegun(rig.home, ended);
  const victim = await busyProcess(rig, ended);
  if (victim === undefined) return undefined;
  const task = readTask(rig.home, victim.pid);
  const at = Date.now();
  if (!(await killProcess(rig, victim.pid))) return undefined;
  const stage = task && !task.ended ? { stage: task.stage } : {};
  return { target: "worker", at, ...stage, insideCheckpoint: (await halfWritten(rig.home, victim.pid)).length > 0 };
}

/** Waits for a worker process that is working on a stage; undefined at the end. */
async function busyProcess(rig: Rig, ended: AbortSignal): Promise<{ pid: number } | undefined> {
  while (!ended.aborted) {
    const busy = rig.processes().find(({ pid }) => readTask(rig.home, pid)?.ended === false);
    if (busy) return busy;
    await pause(lookAgainMs, ended);
  }
  return undefined;
}

function killWorkflows(rig: Rig): Kill | undefined {
  const victim = rig.processes().find(({ name }) => name === "workflows");
  if (victim === undefined) return undefined;
  const at = Date.now();
  process.kill(victim.pid, "SIGKILL");
  return { target: "workflows", at, insideCheckpoint: false };
}

async function killServer(rig: Rig): Promise<Kill> {
  const at = Date.now();
  await rig.crashServer();
  return { target: "server", at, insideCheckpoint: false };
}

/**
 * Kills a worker process and waits until its supervisor has noticed. False if it had already ended.
 */
function killProcess(rig: Rig, pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    const off = rig.onWorkerEvent((event) => {
      if (event.what !== "ended" || event.pid !== pid) return;
      off();
      resolve(event.death.signal === "SIGKILL");
    });
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      off();
      resolve(false);
    }
  });
}

/** Names of the half-written checkpoints of a process. */
export async function halfWritten(home: string, pid: number): Promise<string[]> {
  const names = namesIn(layout.temporary(home));
  return names.filter((name) => isCheckpoint(name) && findOwner(name)?.pid === pid);
}

const isCheckpoint = (name: string): boolean => name.endsWith(".checkpoint");

/** Waits until some process begins to write a checkpoint, for a while. */
export async function checkpointBegun(home: string, ended: AbortSignal): Promise<void> {
  const directory = layout.temporary(home);
  mkdirSync(directory, { recursive: true });
  let close = (): void => {};
  const begun = new Promise<void>((resolve) => {
    close = watchNames(directory, (name) => {
      if (isCheckpoint(name) && existsSync(path.join(directory, name))) resolve();
    });
  });
  await Promise.race([begun, pause(ambush, ended)]);
  close();
}

/**
 * Calls back with names in a directory that change; if the system refuses to watch it, with all
 * names, repeatedly. Returns a function that ends it.
 */
function watchNames(directory: string, tell: (name: string) => void): () => void {
  try {
    const watcher = watch(directory, (_, name) => tell(name ?? "")).on("error", () => undefined);
    return () => watcher.close();
  } catch {
    const looks = setInterval(() => readdirSync(directory).forEach(tell), lookAgainMs);
    return () => clearInterval(looks);
  }
}
