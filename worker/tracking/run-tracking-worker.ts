import os from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { homeDirectory, layout } from "../../store/home.js";
import { claimLock, type Claim } from "../../store/ownership/lock.js";
import { readyMessage, stopRequest, tellSupervisor } from "../supervision/worker-process.js";
import { chooseTrackers } from "./choose.js";
import { keepSending } from "./sender.js";

/** Time between two attempts to take the lock that another process holds, ms. */
const claimEveryMs = 5000;

/** Sends the curves of a home directory to the trackers; of several such processes, one does. */
export async function runTrackingWorker(): Promise<void> {
  // Training comes first.
  os.setPriority(os.constants.priority.PRIORITY_LOW);
  const stop = stopRequest();
  const home = homeDirectory();
  const trackers = chooseTrackers(home, process.env);
  tellSupervisor(readyMessage);
  const claim = await claimPatiently(home, stop);
  if (claim === undefined) return;
  await keepSending(home, trackers, AbortSignal.any([stop, claim.lost]));
  await claim.release();
}

async function claimPatiently(home: string, stop: AbortSignal): Promise<Claim | undefined> {
  while (!stop.aborted) {
    // A store that cannot be read now may be readable later.
    const got = await claimLock(layout.trackingLock(home)).catch(() => undefined);
    if (got !== undefined && got.heldBy === undefined) return got;
    await sleep(claimEveryMs, undefined, { signal: stop }).catch(() => undefined);
  }
  return undefined;
}
