/** Program of a worker process that kills itself at every place of kill-points.ts. */
import { noteBuild } from "../platform/build.js";

noteBuild();
const { stages } = await import("../activities/index.js");
const { homeFolder } = await import("../store/index.js");
const { runSlot } = await import("../worker/run-slot.js");
const { endWith } = await import("../worker/worker-process.js");
const { withKillPoints } = await import("./kill-points.js");

endWith(runSlot(withKillPoints(homeFolder(), stages)));
