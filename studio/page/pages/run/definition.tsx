import { RunDefinition } from "../../editor/run-definition.js";
import type { ShownRun } from "./shown-run.js";

/** The YAML that the run was started from; edited, it starts a fork. */
export function Definition({ head }: ShownRun) {
  return <RunDefinition head={head} heading={<h2>{head.file ?? "definition"}</h2>} />;
}
