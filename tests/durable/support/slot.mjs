// A slot's process with the stages of small-stages.mjs.
import { runSlot } from "../../../dist/worker/run-slot.js";
import { endWith } from "../../../dist/worker/worker-process.js";
import { smallStages } from "./small-stages.mjs";

endWith(runSlot(smallStages));
