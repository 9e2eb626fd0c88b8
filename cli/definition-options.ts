import type { Command } from "commander";
import { compileRun, type CompiledRun } from "../api/definitions/compile-run.js";
import { readPipelineFile } from "../api/definitions/pipeline-file.js";
import { readInputs } from "./inputs.js";
import { collect, wholeNumber } from "./options.js";
import { shellWord } from "../report/shell-word.js";
import type { Terminal } from "./terminal.js";

/** Options of the verbs that compile a definition for a run. */
export interface DefinitionOptions {
  input: string[];
  inputs?: string;
  seed?: number;
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

/**
 * Reads and compiles a definition; warnings go to the terminal. Throws PipelineErrors and what
 * `readInputs` throws.
 */
export async function compileDefinition(
  name: string,
  options: DefinitionOptions,
  terminal: Terminal,
): Promise<CompiledRun & { file: string }> {
  const { file, text } = await readPipelineFile(name);
  const inputs = await readInputs(options, text);
  const seed = options.seed === undefined ? {} : { seed: options.seed };
  const compiled = await compileRun({ text, file, inputs, ...seed, project: process.cwd() });
  for (const { file, line, column, message } of compiled.warnings)
    terminal.note(terminal.colors.yellow(`${file}:${line}:${column}  warning: ${message}`));
  return { ...compiled, file };
}
