import { hostname } from "node:os";
import { taskQueues } from "../../schemas/run.js";
import { homeDirectory } from "../../store/home.js";
import { workflowBundle } from "../bundle.js";
import { localActivities } from "./local-activities.js";
import { ServerOutages } from "../server/server-outages.js";
import type { StageTable } from "../attempts/stage-table.js";
import { runWorkerProcess, sendHeartbeats } from "../supervision/worker-process.js";

/** Time between two checks of the server, and how long an answer may take, ms. */
const askEveryMs = 1000;
const answerMs = 5000;

/**
 * The process that runs workflow code, and what workflows do outside their sandbox.
 * @param stages those that may be brief
 */
export async function runWorkflowWorker(stages: StageTable): Promise<void> {
  const [{ Worker }, { Client }] = await Promise.all([import("@temporalio/worker"), import("@temporalio/client")]);
  sendHeartbeats();
  const { codePath } = await workflowBundle();
  const going = new AbortController();
  const leave = (): void => going.abort();
  const location = { home: homeDirectory(), workingDirectory: process.cwd() };
  await runWorkerProcess((connection, namespace) => {
    const outages = new ServerOutages(() =>
      connection.withDeadline(Date.now() + answerMs, () => connection.workflowService.getSystemInfo({})),
    );
    setInterval(() => void outages.look(), askEveryMs).unref();
    return Worker.create({
      connection,
      namespace,
      identity: `workflows, ${process.pid}@${hostname()}`,
      taskQueue: taskQueues.cpu,
      workflowBundle: { codePath },
      activities: localActivities({
        ...location,
        stages,
        leave,
        outages,
        client: new Client({ connection, namespace }),
      }),
      // Stages on the same queue are for the worker processes.
      enableNonLocalActivities: false,
      // Tasks held for this process go to another one soon after it has died.
      stickyQueueScheduleToStartTimeout: "1 second",
    });
  }, going);
}
