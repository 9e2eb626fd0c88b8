// A worker process with the stages of small-stages.mjs.
import { runStageWorker } from "../../../dist/worker/attempts/run-stage-worker.js";
import { endWith } from "../../../dist/worker/supervision/worker-process.js";
import { smallStages } from "./small-stages.mjs";

endWith(runStageWorker(smallStages));
