/**
 * Program of the process that sends curves to trackers: `node dist/worker/tracking-worker.js`,
 * started by the supervisor.
 */
import { noteBuild } from "../platform/program/build.js";
import { holdYoungSpace } from "../platform/program/young-space.js";

noteBuild();
holdYoungSpace();
const { runTrackingWorker } = await import("./tracking/run-tracking-worker.js");
const { endWith } = await import("./supervision/worker-process.js");

endWith(runTrackingWorker());
