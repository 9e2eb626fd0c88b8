// The same, and it kills itself wherever its stages write.
import { homeFolder } from "../../../dist/store/index.js";
import { withKillPoints } from "../../../dist/verify/kill-points.js";
import { runSlot } from "../../../dist/worker/run-slot.js";
import { endWith } from "../../../dist/worker/worker-process.js";
import { smallStages } from "./small-stages.mjs";

endWith(runSlot(withKillPoints(homeFolder(), smallStages)));
