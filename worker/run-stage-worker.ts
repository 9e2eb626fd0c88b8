import { hostname } from "node:os";
import { stageQueue } from "../schemas/run.js";
import { storeId } from "../store/identity.js";
import { completeReplacements, homeDirectory } from "../store/index.js";
import { removeLeftovers } from "../store/temporary.js";
import { stageActivities } from "./run-stage.js";
import { TaskFile } from "./task-file.js";
import type { StageTable } from "./stage-table.js";
import { runWorkerProcess, tellSupervisor } from "./worker-process.js";

/** Environment variables by which the supervisor tells a worker process who it is. */
export const processVariables = { name: "PAWL_PROCESS", gpu: "PAWL_PROCESS_GPU" } as const;

/** Longest time between two heartbeats that reach the server, and so between cancelling and hearing of it. */
const heartbeatThrottle = "1 second";

/** A worker process: one stage at a time, from the queue for CPU or, where a GPU was assigned, for GPU. */
export async function runStageWorker(stages: StageTable): Promise<void> {
  const { Worker } = await import("@temporalio/worker");
  const going = new AbortController();
  const home = homeDirectory();
  // What processes that were killed have left.
  await removeLeftovers(home);
  await completeReplacements(home);
  const store = await storeId(home);
  const taskFile = new TaskFile(home);
  const gpu = process.env[processVariables.gpu] === "1";
  const leave = (): void => going.abort();
  const place = { home, workingDirectory: process.cwd(), gpu };
  const worker = { ...place, stages, taskFile, tellSupervisor, preempted: going.signal, leave };
  await runWorkerProcess(
    (connection, namespace) =>
      Worker.create({
        connection,
        namespace,
        identity: `${process.env[processVariables.name] ?? "alone"}, ${process.pid}@${hostname()}`,
        taskQueue: stageQueue(gpu, store),
        activities: stageActivities(worker),
        maxConcurrentActivityTaskExecutions: 1,
        maxConcurrentActivityTaskPolls: 1,
        maxHeartbeatThrottleInterval: heartbeatThrottle,
        defaultHeartbeatThrottleInterval: heartbeatThrottle,
      }),
    going,
  );
  taskFile.remove();
}
