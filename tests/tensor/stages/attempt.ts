import { openMetrics, readMetrics } from "../../../store/history/metrics.js";
import { stageContext, runStage, tinyPretraining } from "./support.js";

/**
 * One attempt at pre-training in a process of its own: `attempt.ts DIRECTORY TOKENS HELDOUT END`.
 * END is `kill:N` (SIGKILL as soon as N updates are done), `stop:N` (told to stop then) or `none`.
 * Prints the model's digest and the metrics history.
 */
const [directory, tokens, heldOut, end] = process.argv.slice(2) as [string, string, string, string];
const [way, at] = end.split(":");
const context = stageContext(1, directory);
context.checkpointEveryMs = way === "kill" ? 0 : 3_600_000;
context.onProgress = ({ phase, done }) => {
  if (phase !== "train" || done !== Number(at)) return;
  if (way === "kill") process.kill(process.pid, "SIGKILL");
  else context.abort(new Error("told to stop"));
};
// As a worker process does it: what is in the history is on the disk before a checkpoint is.
const history = openMetrics(context.home, "history");
context.recordMetrics = (step, metrics) => history.record(step, metrics);
const { save } = context.checkpoints;
context.checkpoints.save = async (step, write) => {
  await history.flush();
  await save(step, write);
};
const ref = (digest: string) => ({ artifact: "tokens" as const, digest });
void import("../../../tensor/backend.js")
  .then(({ loadBackend }) => loadBackend("tensorflow"))
  .then(() =>
    runStage("pretrain", { tokens: ref(tokens), heldOut: ref(heldOut), ...tinyPretraining, evaluateEvery: 2 }, context),
  )
  .then(
    async ({ outputs, metrics }) => {
      await history.finish();
      const { rows } = await readMetrics(context.home, "history");
      process.stdout.write(JSON.stringify({ digest: outputs.model.digest, metrics, rows }));
    },
    (error: Error) => process.stdout.write(JSON.stringify({ failed: error.message })),
  );
