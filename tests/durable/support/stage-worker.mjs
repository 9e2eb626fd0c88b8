// A worker process with the stages of small-stages.mjs.
import { runStageWorker } from "../../../dist/worker/run-stage-worker.js";
import { endWith } from "../../../dist/worker/worker-process.js";
import { smallStages } from "./small-stages.mjs";

endWith(runStageWorker(smallStages));
