import { mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { pathBelow } from "../platform/containment.js";
import { PawlError } from "../platform/errors.js";
import type { StageWith } from "../schemas/stages/index.js";
import { temporaryDirectory } from "../store/temporary.js";
import { runCaptured } from "./command/captured.js";
import { CheckpointTaker, copyNewest } from "./command/checkpoints.js";
import { refuseFailedEnd } from "./command/end.js";
import { ownVariables, programEnvironment } from "./command/environment.js";
import { EventReader } from "./command/events.js";
import { linkInputs, refuseChangedInputs } from "./command/inputs.js";
import { takeOutputs } from "./command/outputs.js";
import { filesBelow } from "./dataset/sources/paths.js";
import type { Stage, StageContext } from "./stage.js";

type Settings = StageWith<"command">;

/**
 * Runs a program of the user's in a directory of its own, takes its checkpoints while it runs, and
 * its outputs at its end.
 */
export const command: Stage<"command"> = async (settings, context) => {
  for (const [i, pattern] of settings.files.entries())
    await filesBelow(context.workingDirectory, pattern, `with.files[${i}]`);
  const scratch = await temporaryDirectory(context.home, "scratch");
  try {
    const workspace = await createWorkspace(scratch, context);
    const inputs = await linkInputs(settings.inputs, { directory: workspace.inputs, named: "PAWL_INPUTS" }, context);
    const reader = new EventReader(context);
    await attempt(settings, context, { workspace, reader });
    await refuseChangedInputs(inputs, context.home);
    const { artifacts, leftOut } = await takeOutputs(
      settings.outputs,
      { directory: workspace.outputs, named: "PAWL_OUTPUTS" },
      context,
    );
    if (leftOut.length > 0)
      context.log("files below PAWL_OUTPUTS belong to no output", { files: leftOut.slice(0, 20), all: leftOut.length });
    refuseMissingMetrics(settings, reader.metrics);
    const counts = { invalidEvents: reader.invalid, leftOut: leftOut.length };
    const stoppedCounts = Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
    return { outputs: artifacts, metrics: { ...reader.metrics, ...stoppedCounts } };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
};

/** The program's directories, and the newest checkpoint: a copy, which the program may change. */
async function createWorkspace(scratch: string, context: StageContext) {
  const [inputs, outputs, checkpoints] = ["inputs", "outputs", "checkpoints"].map((name) => path.join(scratch, name));
  for (const directory of [inputs!, outputs!, checkpoints!]) await mkdir(directory);
  const { seed, checkpointEveryMs } = context;
  const workspace = { inputs: inputs!, outputs: outputs!, checkpoints: checkpoints!, seed, checkpointEveryMs };
  const directory = path.join(scratch, "resume");
  const step = await copyNewest(directory, context);
  return step === undefined ? workspace : { ...workspace, resume: { directory, step } };
}

/** Runs the program to its end. @throws PawlError of a failed end; the reason why it was stopped */
async function attempt(
  settings: Settings,
  context: StageContext,
  { workspace, reader }: { workspace: Awaited<ReturnType<typeof createWorkspace>>; reader: EventReader },
): Promise<void> {
  const workingDirectory = await openWorkingDirectory(settings, context);
  const { variables, secrets } = await ownVariables(settings.env, context.secrets, "with.env");
  const stop = new AbortController();
  const taker = new CheckpointTaker(workspace.checkpoints, context, (error) => stop.abort(error));
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const program = {
    argv: commandLine(settings),
    workingDirectory,
    environment: programEnvironment(variables, workspace),
    onEvents: (bytes: Buffer) => reader.read(bytes),
  };
  let ended: Awaited<ReturnType<typeof runCaptured>>;
  try {
    ended = await runCaptured(program, context, { signal, secrets });
  } finally {
    await taker.finish();
  }
  const { end, last } = ended;
  reader.end();
  signal.throwIfAborted();
  refuseFailedEnd(end, program.argv[0]!, last.text());
}

function commandLine({ run }: Settings): string[] {
  return typeof run === "string" ? ["/bin/sh", "-e", "-c", run, "sh"] : run.map(String);
}

async function openWorkingDirectory({ workdir }: Settings, { workingDirectory }: StageContext): Promise<string> {
  if (workdir === undefined || path.normalize(workdir) === ".") return workingDirectory;
  const directory = await pathBelow(workingDirectory, workdir, { where: "with.workdir" });
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory()) return directory;
  throw new PawlError("DATA_MISSING", "the working directory does not exist", {
    where: "with.workdir",
    expected: "a directory below the project directory",
    got: workdir,
    next: "check the spelling; the path begins at the run's project directory",
  });
}

function refuseMissingMetrics({ metrics }: Settings, reported: Record<string, number>): void {
  const missing = metrics.filter((name) => reported[name] === undefined);
  if (missing.length === 0) return;
  throw new PawlError("COMMAND_INVALID", `the program has not reported its metric ${missing[0]}`, {
    where: "with.metrics",
    expected: metrics.join(", "),
    got: Object.keys(reported).join(", ") || "none",
    next: `write {"event": "metrics", "metrics": {"${missing[0]}": …}} and a line break to the descriptor PAWL_EVENTS`,
  });
}
