import { randomInt } from "node:crypto";
import type { Command } from "commander";
import type { ResumeReport, VerifyEvent } from "../../verify/verify-resume.js";
import { readInputs } from "../inputs.js";
import { collect, wholeNumber } from "../options.js";
import { readPipelineFile } from "../pipeline-file.js";
import { table } from "../render/table.js";
import { duration } from "../render/values.js";
import type { Terminal } from "../terminal.js";
import type { Verb } from "./index.js";

interface Options {
  kills: number;
  seed?: number;
  slots: number;
  input: string[];
  inputs?: string;
}

/** `pawl verify resume FILE --kills N`: runs a pipeline undisturbed and killed again and again, and compares digests. */
export const verify: Verb = (command, terminal) => {
  const resume = command.command("resume").description("kill workers and server at random; all digests must be equal");
  options(resume).action(async (name: string, given: Options) => {
    const { file, text } = await readPipelineFile(name);
    const inputs = await readInputs(given, text);
    const seed = given.seed ?? randomInt(2 ** 31);
    const { verifyResume } = await import("../../verify/verify-resume.js");
    const onProgress = (event: VerifyEvent): void => tellProgress(event, given.kills, terminal);
    const { kills, slots } = given;
    const report = await verifyResume({ file, inputs, kills, slots, seed, onProgress });
    if (!report.equal) terminal.exitCode = 1;
    if (terminal.json) terminal.out(JSON.stringify({ event: "report", seed, ...report }));
    else terminal.out(reportText(report, seed, terminal));
  });
};

function options(command: Command): Command {
  return command
    .argument("<pipeline>", "a file, or a name in pipelines/")
    .option("--kills <count>", "how many kills to deliver", wholeNumber(1), 20)
    .option("--seed <number>", "decides the moments and the victims (default: a new one)", wholeNumber(0))
    .option("--slots <count>", "stages that run at once", wholeNumber(1), 1)
    .option("-i, --input <key=value>", "an input of the pipeline; may be repeated", collect, [])
    .option("--inputs <file.json>", "inputs from a JSON file");
}

function tellProgress(event: VerifyEvent, wanted: number, terminal: Terminal): void {
  if (terminal.json) return terminal.out(JSON.stringify({ event: event.what, ...event, what: undefined }));
  switch (event.what) {
    case "undisturbed":
      return terminal.out(`undisturbed run: ${duration(event.seconds * 1000)}`);
    case "kill": {
      const { target, stage, insideCheckpoint } = event.kill;
      const at = stage === undefined ? "" : ` at stage ${stage}`;
      return terminal.out(
        `kill ${event.delivered} of ${wanted}: ${target}${at}${insideCheckpoint ? ", inside a checkpoint" : ""}`,
      );
    }
    case "run":
      return terminal.out(`killed run ${event.number}: digests ${event.equal ? "equal" : "DIFFER"}`);
  }
}

/** What was killed, how soon work went on, and whether every digest is equal. */
export function reportText(report: ResumeReport, seed: number, { colours }: Pick<Terminal, "colours">): string {
  const { slot, workflows, server, insideCheckpoint } = report.kills;
  const again = [...report.workAgainMs].sort((a, b) => a - b);
  const times =
    again.length === 0
      ? []
      : [
          `work went on after ${duration(again[Math.floor(again.length / 2)]!)} (median), ${duration(again.at(-1)!)} (longest)`,
        ];
  const outputs = Object.keys(report.digests).length;
  const lines = [
    `${slot + workflows + server} kills in ${report.runs} runs: ${slot} slots (${insideCheckpoint} inside a checkpoint), ${workflows} workflow processes, ${server} servers`,
    ...times,
  ];
  if (report.equal) return [...lines, colours.green(`all digests equal: ${outputs} outputs in every run`)].join("\n");
  const rows = report.differences.map(({ run, output, expected, got }) => [
    String(run),
    output,
    expected.slice(0, 12),
    got.slice(0, 12),
  ]);
  return [
    ...lines,
    colours.red("digests differ"),
    table(["run", "output", "expected", "got"], rows, colours),
    `  next: look into ${report.kept.join(", ")}; repeat with --seed ${seed}`,
  ].join("\n");
}
