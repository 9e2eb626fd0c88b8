/** Program of a slot's process: `node dist/worker/stage-worker.js`, started by the supervisor. */
import { noteBuild } from "../platform/build.js";

noteBuild();
const { stages } = await import("../activities/index.js");
const { runSlot } = await import("./run-slot.js");
const { endWith } = await import("./worker-process.js");

endWith(runSlot(stages));
