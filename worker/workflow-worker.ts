/**
 * Program of the process that runs workflow code and its bookkeeping:
 * `node dist/worker/workflow-worker.js`.
 */
import { noteBuild } from "../platform/program/build.js";
import { holdYoungSpace } from "../platform/program/young-space.js";

noteBuild();
holdYoungSpace();
const { stages } = await import("../activities/index.js");
const { runWorkflowWorker } = await import("./bookkeeping/run-workflow-worker.js");
const { endWith } = await import("./supervision/worker-process.js");

endWith(runWorkflowWorker(stages));
