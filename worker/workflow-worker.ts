/** Program of the process that runs workflow code and its bookkeeping: `node dist/worker/workflow-worker.js`. */
import { hostname } from "node:os";
import { stages } from "../activities/index.js";
import { taskQueues } from "../schemas/run.js";
import { homeFolder } from "../store/index.js";
import { workflowBundle } from "./bundle.js";
import { localActivities } from "./local-activities.js";
import { endWith, runWorkerProcess } from "./worker-process.js";

async function main(): Promise<void> {
  const { Worker } = await import("@temporalio/worker");
  const { codePath } = await workflowBundle();
  await runWorkerProcess((connection, namespace) =>
    Worker.create({
      connection,
      namespace,
      identity: `workflows, ${process.pid}@${hostname()}`,
      taskQueue: taskQueues.cpu,
      workflowBundle: { codePath },
      activities: localActivities({ home: homeFolder(), workingFolder: process.cwd(), stages }),
      // Stages on the same queue are for the slots.
      enableNonLocalActivities: false,
      // Tasks held for this process go to another one soon after it has died.
      stickyQueueScheduleToStartTimeout: "1 second",
    }),
  );
}

endWith(main());
