/** Program of a worker process: `node dist/worker/stage-worker.js`, started by the supervisor. */
import { noteBuild } from "../platform/program/build.js";
import { holdYoungSpace } from "../platform/program/young-space.js";

noteBuild();
holdYoungSpace();
const { stages } = await import("../activities/index.js");
const { runStageWorker } = await import("./attempts/run-stage-worker.js");
const { endWith } = await import("./supervision/worker-process.js");

endWith(runStageWorker(stages));
