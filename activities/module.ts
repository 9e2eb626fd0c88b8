import { rm } from "node:fs/promises";
import { PawlError } from "../platform/errors.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import type { StageWith } from "../schemas/stages/index.js";
import { temporaryDirectory } from "../store/temporary.js";
import { computeThreads, fixedCompute } from "../tensor/flags.js";
import { runCaptured } from "./command/captured.js";
import { ownVariables } from "./command/environment.js";
import { taskFailure, refuseBrokenOff } from "./module/errors.js";
import { RunHandlers } from "./module/handlers.js";
import type { End, Task } from "./module/messages.js";
import { stageProgram } from "./module/program.js";
import { StageServer } from "./module/server.js";
import { moduleFile } from "./scoring/code-roots.js";
import type { Stage, StageContext } from "./stage.js";
import type { StageResult } from "../schemas/stage-result.js";

type Settings = StageWith<"module">;

/**
 * Runs a stage of the project's own in a process of its own, which asks this one for all that
 * concerns the store.
 */
export const moduleStage: Stage<"module"> = async (settings, context) => {
  const { file } = await moduleFile(settings.file, "uses", context.workingDirectory);
  const scratch = await temporaryDirectory(context.home, "scratch");
  try {
    const handlers = new RunHandlers(context);
    const server = new StageServer(createTask(file, settings, context, scratch), context, handlers.all);
    const { variables, secrets } = await ownVariables(settings.env, context.secrets, "env");
    const program = stageProgram(server, context.workingDirectory, variables);
    const { end, last } = await runCaptured(program, context, { signal: context.signal, secrets });
    await server.close();
    context.signal.throwIfAborted();
    if (server.end === undefined) refuseBrokenOff(settings.file, end, last);
    if (server.end === undefined || !("outputs" in server.end)) throw taskFailure(settings.file, server.end, server);
    await handlers.refuseChangedInputs();
    return checkResult(settings, server.end, handlers);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

function createTask(
  file: string,
  { settings, computesWithTensors }: Settings,
  context: StageContext,
  scratch: string,
): Task {
  const { runId, stage, seed, attempt, workingDirectory, checkpointEveryMs } = context;
  const taskContext = { runId, stage, seed, attempt, workingDirectory, checkpointEveryMs, scratch };
  const compute = computesWithTensors
    ? (fixedCompute() ?? { device: "cpu" as const, threads: computeThreads() })
    : undefined;
  return { file, run: { settings, ...taskContext, ...(compute && { compute }) } };
}

/**
 * What the stage returned.
 * @throws PawlError STAGE_INVALID if it is not what its definition declares
 */
function checkResult(
  { file, outputs, metrics }: Settings,
  returned: Extract<End, { outputs: object }>,
  handlers: RunHandlers,
): StageResult {
  const refs: Record<string, ArtifactRef> = {};
  const values: Record<string, number> = {};
  for (const [name, kind] of Object.entries(outputs)) {
    const ref = returned.outputs[name];
    if (ref?.artifact !== kind || !handlers.knows(ref))
      throw notReturned(file, `outputs.${name}`, `an artifact of kind ${kind} that it has put or opened`, ref);
    refs[name] = { artifact: kind, digest: ref.digest };
  }
  for (const name of metrics) {
    const value = returned.metrics[name];
    if (typeof value !== "number") throw notReturned(file, `metrics.${name}`, "a finite number", value);
    values[name] = value;
  }
  return { outputs: refs, metrics: values };
}

function notReturned(file: string, what: string, expected: string, got: unknown): PawlError {
  return new PawlError("STAGE_INVALID", `the stage did not return ${what} as it declares`, {
    where: file,
    expected,
    got: got === undefined ? "nothing" : JSON.stringify(got).slice(0, 200),
    next: "let run return { outputs: {…}, metrics: {…} } with all that the definition declares",
  });
}
