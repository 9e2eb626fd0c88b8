import { randomInt } from "node:crypto";
import { access, constants, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { Option, type Command } from "commander";
import { PawlError } from "../../platform/errors.js";
import type { JsonObject } from "../../platform/json.js";
import type { EveryCheckpointReport } from "../../verify/every-checkpoint.js";
import { killedCheckpoints, writePhases, type KillPoint } from "../../verify/phases.js";
import { stopsText } from "../../verify/stress-report.js";
import type { ResumeReport, VerifyEvent } from "../../verify/verify-resume.js";
import { exitCodes } from "../exit-codes.js";
import { readInputs } from "../inputs.js";
import { collect, wholeNumber } from "../options.js";
import { readPipelineFile } from "../../api/definitions/pipeline-file.js";
import { table } from "../render/table.js";
import { setUpOnce } from "../set-up.js";
import { untilStopped } from "../stop-signal.js";
import type { Terminal } from "../terminal.js";
import { duration } from "../../report/values.js";
import type { Verb } from "../verb.js";

interface Options {
  kills: number;
  seed?: number;
  processes: number;
  everyCheckpoint?: true;
  everySteps: number;
  stress?: true;
  certificate?: string;
  input: string[];
  inputs?: string;
}

/**
 * `pawl verify resume FILE`: runs a pipeline without interruption, and again with kills at random
 * moments or at every checkpoint; compares digests.
 */
export const verify: Verb = (command, terminal) => {
  const resume = command.command("resume").description("kill workers and server; all digests must be equal");
  options(resume).action(async (name: string, given: Options) => {
    const { file, text } = await readPipelineFile(name);
    const inputs = await readInputs(given, text);
    if (given.certificate !== undefined) await requireWritable(given.certificate);
    // Before the proof: it may take days.
    const { createCertificate } = await import("../../verify/certificate.js");
    await setUpOnce(terminal);
    const seed = given.everyCheckpoint ? undefined : (given.seed ?? randomInt(2 ** 31));
    const pipeline = { file, text, inputs, ...(seed !== undefined && { seed }) };
    const signal = untilStopped();
    const report = await (
      seed === undefined
        ? atEveryCheckpoint({ ...pipeline, signal }, given, terminal)
        : atRandom({ ...pipeline, signal, seed }, given, terminal)
    ).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (report === undefined) return stopped(terminal);
    if (!report.equal) terminal.exitCode = exitCodes.failed;
    if (given.certificate !== undefined) {
      await writeFile(given.certificate, `${JSON.stringify(createCertificate(report, pipeline), null, 2)}\n`);
      if (!terminal.json) terminal.out(`the certificate is in ${given.certificate}`);
    }
  });
};

function stopped(terminal: Terminal): void {
  terminal.exitCode = exitCodes.interrupted;
  if (terminal.json) terminal.out(JSON.stringify({ event: "stopped" }));
  else terminal.note("stopped: nothing is proven; all processes have ended, and the stores are removed");
}

/** Checked before the runs, which take minutes. @throws PawlError INPUT_INVALID */
async function requireWritable(file: string): Promise<void> {
  const target = await stat(file).catch(() => undefined);
  const directory = target === undefined ? path.dirname(path.resolve(file)) : file;
  const refused = target?.isDirectory()
    ? "it is a directory"
    : await access(directory, constants.W_OK).then(
        () => undefined,
        (error: NodeJS.ErrnoException) => error.code ?? error.message,
      );
  if (refused === undefined) return;
  throw new PawlError("INPUT_INVALID", "the certificate cannot be written there", {
    where: "--certificate",
    expected: "a file in a directory that this user may write",
    got: `${file}: ${refused}`,
    next: "name another file",
  });
}

interface Pipeline {
  file: string;
  inputs: JsonObject;
  signal: AbortSignal;
}

async function atRandom(
  pipeline: Pipeline & { seed: number },
  given: Options,
  terminal: Terminal,
): Promise<ResumeReport> {
  const { verifyResume } = await import("../../verify/verify-resume.js");
  const { kills, processes, stress = false } = given;
  const onProgress = (event: Event): void => tellProgress(event, kills, terminal);
  const report = await verifyResume({ ...pipeline, kills, processes, stress, onProgress });
  if (terminal.json) terminal.out(JSON.stringify({ event: "report", seed: pipeline.seed, ...report }));
  else terminal.out(reportText(report, pipeline.seed, terminal));
  return report;
}

async function atEveryCheckpoint(
  pipeline: Pipeline,
  given: Options,
  terminal: Terminal,
): Promise<EveryCheckpointReport> {
  const { verifyEveryCheckpoint } = await import("../../verify/every-checkpoint.js");
  const { everySteps, stress = false } = given;
  const onProgress = (event: Event): void => tellProgress(event, undefined, terminal);
  const report = await verifyEveryCheckpoint({ ...pipeline, everySteps, stress, onProgress });
  if (terminal.json) terminal.out(JSON.stringify({ event: "report", ...report }));
  else terminal.out(everyCheckpointText(report, terminal));
  return report;
}

function options(command: Command): Command {
  return command
    .argument("<pipeline>", "a file, or a name in pipelines/")
    .option("--kills <count>", "how many kills to deliver", wholeNumber(1), 20)
    .option("--seed <number>", "decides the moments and the victims (default: random)", wholeNumber(0))
    .option("--processes <count>", "stages that run at the same time", wholeNumber(1), 1)
    .addOption(
      new Option(
        "--every-checkpoint",
        "instead of at random moments, kill at every phase of the write of every checkpoint and artifact",
      ).conflicts(["kills", "seed", "processes"]),
    )
    .option("--every-steps <count>", "steps between two checkpoints, with --every-checkpoint", wholeNumber(1), 25)
    .option("--stress", "run the killed copy beside busy processes, and stop and continue its own processes in turn")
    .option("--certificate <file.json>", "write the proof, with versions and machine, to a file")
    .option("-i, --input <key=value>", "an input of the pipeline; may be repeated", collect, [])
    .option("--inputs <file.json>", "inputs from a JSON file");
}

type Event = VerifyEvent | { what: "point"; point: KillPoint; number: number };

/** @param wanted total number of kills; undefined: one for each kill point */
function tellProgress(event: Event, wanted: number | undefined, terminal: Terminal): void {
  if (terminal.json) return terminal.out(JSON.stringify({ event: event.what, ...event, what: undefined }));
  switch (event.what) {
    case "reference":
      return terminal.out(`reference run: ${duration(event.seconds * 1000)}`);
    case "kill": {
      const { target, stage, insideCheckpoint } = event.kill;
      const at = stage === undefined ? "" : ` at stage ${stage}`;
      return terminal.out(
        `kill ${event.delivered} of ${wanted}: ${target}${at}${insideCheckpoint ? ", inside a checkpoint" : ""}`,
      );
    }
    case "point":
      return terminal.out(`kill ${event.number}: ${pointText(event.point)}`);
    case "run":
      return terminal.out(`killed run ${event.number}: digests ${event.equal ? "equal" : "DIFFER"}`);
  }
}

function pointText({ stage, step, artifact, phase }: KillPoint): string {
  const what =
    step !== undefined ? `, checkpoint of step ${step}` : artifact !== undefined ? `, artifact ${artifact}` : "";
  return `stage ${stage}${what}: ${phase}`;
}

/** Where processes died, and whether every digest is equal. */
export function everyCheckpointText(report: EveryCheckpointReport, { colors }: Pick<Terminal, "colors">): string {
  const checkpoints = killedCheckpoints(report.points).length;
  const lines = [
    `${report.points.length} kills: at ${checkpoints} checkpoints (every ${report.everySteps} steps) in each of ${writePhases.length} phases (${writePhases.join(", ")}), inside every artifact, and before every result was recorded`,
    ...(report.withoutKills.length === 0
      ? []
      : [`no kill at ${report.withoutKills.join(", ")}: skipped, or taken from the cache`]),
    ...report.stress.map(
      ({ busyProcesses, stops, stoppedMs }) =>
        `beside ${busyProcesses} busy processes; stopped for ${duration(stoppedMs)} each: ${stopsText(stops)}`,
    ),
    ...report.incomplete.map(
      ({ stage, step, missing }) => `stage ${stage}, checkpoint of step ${step}: no kill at ${missing.join(", ")}`,
    ),
  ];
  return [...lines, outcomeText(report, "repeat the command", colors)].join("\n");
}

function outcomeText(
  { equal, digests, differences, kept }: Pick<ResumeReport, "equal" | "digests" | "differences" | "kept">,
  repeat: string,
  colors: Terminal["colors"],
): string {
  if (equal) return colors.green(`all digests equal: ${Object.keys(digests).length} outputs in every run`);
  const rows = differences.map(({ run, output, expected, got }) => [
    String(run),
    output,
    expected.slice(0, 12),
    got.slice(0, 12),
  ]);
  return [
    colors.red("digests differ"),
    table(["run", "output", "expected", "got"], rows, colors),
    `  next: inspect ${kept.join(", ")}; ${repeat}`,
  ].join("\n");
}

/** What was killed, how soon work continued, and whether every digest is equal. */
export function reportText(report: ResumeReport, seed: number, { colors }: Pick<Terminal, "colors">): string {
  const { worker, workflows, server, insideCheckpoint } = report.kills;
  const again = [...report.workAgainMs].sort((a, b) => a - b);
  const times =
    again.length === 0
      ? []
      : [
          `work continued after ${duration(again[Math.floor(again.length / 2)]!)} (median), ${duration(again.at(-1)!)} (longest)`,
        ];
  const lines = [
    `${worker + workflows + server} kills in ${report.runs} runs: ${worker} worker processes (${insideCheckpoint} inside a checkpoint), ${workflows} workflow processes, ${server} servers`,
    ...times,
  ];
  return [...lines, outcomeText(report, `repeat with --seed ${seed}`, colors)].join("\n");
}
