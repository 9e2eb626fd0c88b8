import { openMetrics, readMetrics } from "../../../store/history/metrics.js";
import { stageContext, runStage, tinyPretraining } from "./support.js";

/**
 * One attempt at pre-training, as a worker process does it.
 * @param end `kill:N` (SIGKILL to this process as soon as N updates are done), `stop:N` (told to
 *   stop then) or `none`
 * @returns the model's digest, and the metrics with their history
 */
export async function attemptPretraining(directory: string, tokens: string, heldOut: string, end: string) {
  const [way, at] = end.split(":");
  const context = stageContext(1, directory);
  context.checkpointEveryMs = way === "kill" ? 0 : 3_600_000;
  context.onProgress = ({ phase, done }) => {
    if (phase !== "train" || done !== Number(at)) return;
    if (way === "kill") process.kill(process.pid, "SIGKILL");
    else context.abort(new Error("told to stop"));
  };
  // What is in the history is on the disk before a checkpoint is.
  const history = openMetrics(context.home, "history");
  context.recordMetrics = (step, metrics) => history.record(step, metrics);
  const { save } = context.checkpoints;
  context.checkpoints.save = async (step, write) => {
    await history.flush();
    await save(step, write);
  };
  const ref = (digest: string) => ({ artifact: "tokens" as const, digest });
  const settings = { tokens: ref(tokens), heldOut: ref(heldOut), ...tinyPretraining, evaluateEvery: 2 };
  const { outputs, metrics } = await runStage("pretrain", settings, context);
  await history.finish();
  const { rows } = await readMetrics(context.home, "history");
  return { digest: outputs.model.digest, metrics, rows };
}
