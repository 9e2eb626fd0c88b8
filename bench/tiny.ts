/**
 * `npm run bench -- tiny`: `pawl run pipelines/tiny.yaml` with an empty store, the server's start
 * included.
 */
import { median, report, row } from "./harness.js";
import { withEmptyStore } from "./support/pawl.js";

const what = "pipelines/tiny.yaml, whole, empty store";
const once = (): number => withEmptyStore((run) => run("tiny").seconds);
const ours = median([once(), once(), once()]);
report("tiny", [row({ what, unit: "s", ours, bounds: "ours", better: "lower", atLeast: 60, aim: 25 })]);
