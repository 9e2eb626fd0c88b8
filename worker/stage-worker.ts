/** Program of a slot's process: `node dist/worker/stage-worker.js`, started by the supervisor. */
import { stages } from "../activities/index.js";
import { runSlot } from "./run-slot.js";
import { endWith } from "./worker-process.js";

endWith(runSlot(stages));
