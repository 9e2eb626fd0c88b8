// The same, and it kills itself wherever its stages write.
import { homeDirectory } from "../../../dist/store/home.js";
import { withKillPoints } from "../../../dist/verify/kill-points.js";
import { runStageWorker } from "../../../dist/worker/attempts/run-stage-worker.js";
import { endWith } from "../../../dist/worker/supervision/worker-process.js";
import { smallStages } from "./small-stages.mjs";

endWith(runStageWorker(withKillPoints(homeDirectory(), smallStages)));
