import { maxRuns } from "../../curves/chart.js";
import { CurvesOfRuns } from "../../curves/curves-of-runs.js";
import { usePlace } from "../../router.js";
import { useStep, type ShownRun } from "./shown-run.js";

/** The curves of a run, small multiples by stage, with those of other runs over them. */
export function Curves({ head, stages }: ShownRun) {
  const { query } = usePlace();
  const others = (query.get("with") ?? "").split(",").filter((run) => run !== "" && run !== head.run);
  const running = stages.filter(({ status }) => status === "running").map(({ id }) => id);
  const steps = stages.map(({ id, status, progress }) => `${id} ${status} ${progress?.done ?? ""}`).join();
  const order = stages.map(({ id }) => id);
  return <CurvesOfRuns runs={[head.run, ...others].slice(0, maxRuns)} {...{ running, order }} step={useStep(steps)} />;
}
