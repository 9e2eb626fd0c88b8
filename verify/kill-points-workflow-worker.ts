/**
 * Program of a process for workflows that kills itself wherever a brief stage writes; see
 * kill-points.ts.
 */
import { noteBuild } from "../platform/program/build.js";

noteBuild();
const { stages } = await import("../activities/index.js");
const { homeDirectory } = await import("../store/home.js");
const { runWorkflowWorker } = await import("../worker/bookkeeping/run-workflow-worker.js");
const { endWith } = await import("../worker/supervision/worker-process.js");
const { withKillPoints } = await import("./kill-points.js");

endWith(runWorkflowWorker(withKillPoints(homeDirectory(), stages)));
