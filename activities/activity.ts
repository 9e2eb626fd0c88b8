import { PawlError } from "../platform/errors.js";
import { isObject, type Json } from "../platform/json.js";
import type { ActivityTask } from "../schemas/activity.js";
import type { StageWith } from "../schemas/stages/index.js";
import { closeExchange, openExchange } from "./activity/exchange.js";
import { isMetrics, maxMetrics } from "./command/events.js";
import { refuseChangedInputs } from "./command/inputs.js";
import { takeOutputs } from "./command/outputs.js";
import type { CallingStage, StageContext } from "./stage.js";

type Settings = StageWith<"activity">;

/**
 * The two halves of an attempt whose work an activity of the user's does, on a task queue of its
 * own: the first takes the checkpoints of earlier attempts, and prepares what the activity gets;
 * the second takes what it has written. Between them, the workflow calls the activity: see
 * workflows/call-activity.ts.
 */
export const activity: CallingStage<"activity"> = (settings, context) =>
  context.called === undefined ? prepareCall(settings, context) : takeBack(settings, context, context.called);

/**
 * Maximum settings, UTF-16 code units of JSON: they stand in the run's history, and hundreds of
 * stages may start together.
 */
const largestSettings = 16_384;

async function prepareCall(settings: Settings, context: StageContext): ReturnType<CallingStage<"activity">> {
  const { length } = JSON.stringify(settings.settings);
  if (length > largestSettings)
    throw new PawlError("OUT_OF_RANGE", "the settings are too large for the run's history", {
      where: "with.settings",
      expected: `at most ${largestSettings} characters of JSON`,
      got: `${length} characters`,
      next: "put them into a dataset or a file, and name it in inputs",
    });
  const { runId: run, stage, attempt, key, seed } = context;
  const { name: directory, ...place } = await openExchange(settings.inputs, context);
  const own = settings.settings as ActivityTask["settings"];
  const task: ActivityTask = { contract: 1, run, stage, attempt, key, seed, settings: own, ...place };
  const { activity: called, taskQueue, notRetried } = settings;
  return { call: { activity: called, taskQueue, notRetried, directory, task } };
}

async function takeBack(
  settings: Settings,
  context: StageContext,
  { directory, result }: NonNullable<StageContext["called"]>,
): ReturnType<CallingStage<"activity">> {
  const taken = await closeExchange(directory, context, async ({ linked, outputs, metrics: reported }) => {
    const metrics = readMetrics(settings, result, reported);
    await refuseChangedInputs(linked, context.home);
    return { ...(await takeOutputs(settings.outputs, { directory: outputs, named: "outputs" }, context)), metrics };
  });
  const { artifacts, leftOut, metrics } = taken;
  if (leftOut.length === 0) return { outputs: artifacts, metrics };
  context.log("files in the output directory belong to no output", {
    files: leftOut.slice(0, 20),
    all: leftOut.length,
  });
  return { outputs: artifacts, metrics: { ...metrics, leftOut: leftOut.length } };
}

/**
 * @param reported metrics of the result among the activity's events
 * @throws PawlError STAGE_INVALID if the activity returned something else than the metrics that it
 *   should
 */
function readMetrics(
  { activity: called, metrics: names }: Settings,
  result: Json,
  reported: Record<string, number>,
): Record<string, number> {
  const { metrics: returned = {}, ...others } = isObject(result) ? result : { others: result };
  const metrics = isObject(returned) ? { ...reported, ...returned } : returned;
  const isResult = result === null || (isObject(result) && Object.keys(others).length === 0);
  if (!isResult || !isMetrics(metrics) || Object.keys(metrics).length > maxMetrics)
    throw invalid(called, `{"metrics": {…}} with at most ${maxMetrics} names and numbers, or null`, result);
  const missing = names.find((name) => metrics[name] === undefined);
  if (missing !== undefined) throw invalid(called, `its metric ${missing}: with.metrics declares it`, result);
  return metrics;
}

function invalid(called: string, expected: string, result: Json): PawlError {
  return new PawlError("STAGE_INVALID", `the activity ${called} returned something else than it should`, {
    where: "with.activity",
    expected,
    got: JSON.stringify(result).slice(0, 200),
    next: "correct what the activity returns, then resume the run",
  });
}
