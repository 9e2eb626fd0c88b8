import type { Command } from "commander";
import { compilePipeline } from "../compiler/index.js";
import type { JsonObject } from "../platform/json.js";
import type { Plan } from "../schemas/plan.js";
import type { SchedulePlan } from "../schemas/schedules.js";
import { projectFiles } from "../worker/project-files.js";
import { readInputs } from "./inputs.js";
import { collect, wholeNumber } from "./options.js";
import { readPipelineFile, type PipelineFile } from "./pipeline-file.js";
import { shellWord } from "../report/shell-word.js";
import type { Terminal } from "./terminal.js";

/** Options of the verbs that compile a definition for a run. */
export interface DefinitionOptions {
  input: string[];
  inputs?: string;
  seed?: number;
}

export interface CompiledDefinition extends PipelineFile {
  plan: Plan;
  /** As the definition says. */
  schedule?: SchedulePlan;
  /** As given, without defaults. */
  inputs: JsonObject;
}

export function definitionOptions(command: Command): Command {
  return command
    .option("-i, --input <key=value>", "an input of the pipeline; may be repeated", collect, [])
    .option("--inputs <file.json>", "inputs from a JSON file")
    .option("--seed <number>", "seed of all random numbers", wholeNumber(0));
}

/** The options as they are typed, each with a space before it. */
export function optionsText({ input, inputs, seed }: DefinitionOptions): string {
  const words = [
    ...input.flatMap((text) => ["--input", text]),
    ...(inputs === undefined ? [] : ["--inputs", inputs]),
    ...(seed === undefined ? [] : ["--seed", String(seed)]),
  ];
  return words.map((word) => ` ${shellWord(word)}`).join("");
}

/** Reads and compiles a definition; warnings go to the terminal. Throws PipelineErrors and what `readInputs` throws. */
export async function compileDefinition(
  name: string,
  options: DefinitionOptions,
  terminal: Terminal,
): Promise<CompiledDefinition> {
  const { file, text } = await readPipelineFile(name);
  const inputs = await readInputs(options, text);
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  const { plan, schedule, warnings } = await compilePipeline({
    text,
    file,
    inputs,
    ...seed,
    ...projectFiles(process.cwd()),
  });
  for (const { file, line, column, message } of warnings)
    terminal.note(terminal.colors.yellow(`${file}:${line}:${column}  warning: ${message}`));
  return { file, text, plan, inputs, ...(schedule && { schedule }) };
}
