import { hostname } from "node:os";
import { stages } from "../activities/index.js";
import { taskQueues } from "../schemas/run.js";
import { homeFolder } from "../store/index.js";
import { workflowBundle } from "./bundle.js";
import { localActivities } from "./local-activities.js";
import { runWorkerProcess, sayThatItTurns } from "./worker-process.js";

/** The process that runs workflow code, and what workflows do outside their sandbox. */
export async function runWorkflowWorker(): Promise<void> {
  const { Worker } = await import("@temporalio/worker");
  sayThatItTurns();
  const { codePath } = await workflowBundle();
  const going = new AbortController();
  const leave = (): void => going.abort();
  const place = { home: homeFolder(), workingFolder: process.cwd() };
  await runWorkerProcess(
    (connection, namespace) =>
      Worker.create({
        connection,
        namespace,
        identity: `workflows, ${process.pid}@${hostname()}`,
        taskQueue: taskQueues.cpu,
        workflowBundle: { codePath },
        activities: localActivities({ ...place, stages, leave }),
        // Stages on the same queue are for the slots.
        enableNonLocalActivities: false,
        // Tasks held for this process go to another one soon after it has died.
        stickyQueueScheduleToStartTimeout: "1 second",
      }),
    going,
  );
}
