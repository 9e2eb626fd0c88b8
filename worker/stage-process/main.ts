/** Program of the process in which a stage of the project's own is loaded, described and run. */
import { register } from "node:module";
import { pathToFileURL } from "node:url";
import type { ArtifactRef } from "../../schemas/artifact.js";
import type { OwnStageDefinition, TensorStageContext } from "../../schemas/own-stage.js";
import type { End, Task } from "../../activities/module/messages.js";
import { Channel } from "./channel.js";
import { createContext } from "./context.js";
import { checkedSettings, describe, stageIn } from "./definition.js";
import { failureFrom } from "./failure.js";
import { loadTensors } from "./tensors.js";

const stop = new AbortController();
process.on("SIGTERM", () => stop.abort(new Error("the stage was asked to stop")));

async function runTask(task: Task, channel: Channel): Promise<End> {
  let stage: OwnStageDefinition;
  try {
    stage = stageIn((await import(pathToFileURL(task.file).href)) as object);
    if ("describe" in task) return { description: describe(stage) };
  } catch (error) {
    return { failure: failureFrom(error, "invalid", task.file) };
  }
  let tensors: TensorStageContext["tensors"] | undefined;
  try {
    tensors = task.run.compute && (await loadTensors(task.run.compute));
  } catch (error) {
    return { failure: failureFrom(error, "backend", task.file) };
  }
  try {
    const settings = await checkedSettings(stage, task.run.settings);
    const context = createContext(task.run, channel, stop.signal);
    const { outputs, metrics } = await stage.run(settings, tensors === undefined ? context : { ...context, tensors });
    return { outputs: outputs as Record<string, ArtifactRef>, metrics: { ...metrics } };
  } catch (error) {
    return stop.signal.aborted ? { stopped: true } : { failure: failureFrom(error, "thrown", task.file) };
  }
}

register("./hooks.js", import.meta.url);
const channel = new Channel();
const end = await runTask(await channel.ask("begin", {}), channel);
await channel.ask("end", { end });
await Promise.all([process.stdout, process.stderr].map(leave));
process.exit(0);

/** Waits until what was printed has left: Node.js writes to a pipe when its reader has room. */
function leave(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}
