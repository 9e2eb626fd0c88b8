/** Program of a worker process that kills itself at every place of kill-points.ts. */
import { noteBuild } from "../platform/program/build.js";

noteBuild();
const { stages } = await import("../activities/index.js");
const { homeDirectory } = await import("../store/home.js");
const { runStageWorker } = await import("../worker/attempts/run-stage-worker.js");
const { endWith } = await import("../worker/supervision/worker-process.js");
const { withKillPoints } = await import("./kill-points.js");

endWith(runStageWorker(withKillPoints(homeDirectory(), stages)));
