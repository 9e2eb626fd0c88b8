import { hostname } from "node:os";
import { stageQueue } from "../schemas/run.js";
import { storeId } from "../store/identity.js";
import { completeReplacements, homeFolder } from "../store/index.js";
import { removeLeftovers } from "../store/temporary.js";
import { stageActivities } from "./run-stage.js";
import { TaskFile } from "./slot-file.js";
import type { StageTable } from "./slot.js";
import type { SlotMessage } from "./standby-heartbeats.js";
import { runWorkerProcess } from "./worker-process.js";

/** Environment variables by which the supervisor tells a slot's process who it is. */
export const slotVariables = { name: "PAWL_SLOT", gpu: "PAWL_SLOT_GPU" } as const;

/** Longest time between two heartbeats that reach the server, and so between cancelling and hearing of it. */
const heartbeatThrottle = "1 second";

/** A slot's process: one stage at a time, from the queue for CPU or, where a GPU was assigned, for GPU. */
export async function runSlot(stages: StageTable): Promise<void> {
  const { Worker } = await import("@temporalio/worker");
  const going = new AbortController();
  const home = homeFolder();
  // What processes that were killed have left.
  await removeLeftovers(home);
  await completeReplacements(home);
  const store = await storeId(home);
  const taskFile = new TaskFile(home);
  const gpu = process.env[slotVariables.gpu] === "1";
  const leave = (): void => going.abort();
  const tellSupervisor = (message: SlotMessage): void => void (process.connected && process.send?.(message));
  const place = { home, workingFolder: process.cwd(), gpu };
  const slot = { ...place, stages, taskFile, tellSupervisor, preempted: going.signal, leave };
  await runWorkerProcess(
    (connection, namespace) =>
      Worker.create({
        connection,
        namespace,
        identity: `slot ${process.env[slotVariables.name] ?? "alone"}, ${process.pid}@${hostname()}`,
        taskQueue: stageQueue(gpu, store),
        activities: stageActivities(slot),
        maxConcurrentActivityTaskExecutions: 1,
        maxConcurrentActivityTaskPolls: 1,
        maxHeartbeatThrottleInterval: heartbeatThrottle,
        defaultHeartbeatThrottleInterval: heartbeatThrottle,
      }),
    going,
  );
  taskFile.remove();
}
