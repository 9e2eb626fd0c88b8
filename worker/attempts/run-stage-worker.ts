import { hostname } from "node:os";
import { stageQueue } from "../../schemas/run.js";
import { storeId } from "../../store/ownership/identity.js";
import { homeDirectory } from "../../store/home.js";
import { completeReplacements } from "../../store/artifacts/owned-directory.js";
import { removeLeftovers } from "../../store/temporary.js";
import { stageActivities } from "./run-stage.js";
import { TaskFile } from "../supervision/task-file.js";
import type { StageTable } from "./stage-table.js";
import { runWorkerProcess, tellSupervisor } from "../supervision/worker-process.js";

/** Environment variables with which the supervisor names a worker process and its device. */
export const processVariables = { name: "PAWL_PROCESS", gpu: "PAWL_PROCESS_GPU" } as const;

/**
 * Maximum time between two heartbeats to the server, and so until a process learns of a
 * cancellation.
 */
const heartbeatThrottle = "1 second";

/**
 * A worker process: one stage at a time, from the queue for CPU stages or, if it has a GPU, for GPU
 * stages.
 */
export async function runStageWorker(stages: StageTable): Promise<void> {
  const { Worker } = await import("@temporalio/worker");
  const going = new AbortController();
  const home = homeDirectory();
  // Removes what killed processes left behind.
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
