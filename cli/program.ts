import { Command, CommanderError } from "commander";
import { PipelineErrors } from "../compiler/errors.js";
import { storeError } from "../store/errors.js";
import { homeDirectory, refuseForeignHome } from "../store/home.js";
import { PawlError, type ErrorCode } from "../platform/errors.js";
import { exitCodes } from "./exit-codes.js";
import { openFilesError } from "./open-files.js";
import { renderFailure } from "./render/error.js";
import type { Terminal } from "./terminal.js";
import { usageError } from "./usage.js";
import { verbs } from "./verbs/index.js";
import { pawlVersion } from "../platform/program/version.js";

/** Runs the verb that `args` name. Returns the exit code; errors have been printed. */
export async function main(args: string[], terminal: Terminal): Promise<number> {
  terminal.json = args.includes("--json");
  const name = args.find((arg) => !arg.startsWith("-") && arg !== "help");
  const names = name === undefined ? [] : [name];
  try {
    const program = await buildProgram(name, terminal);
    const inner = program.commands.find((command) => command.name() === name)?.commands ?? [];
    names.push(...args.filter((arg) => inner.some((command) => command.name() === arg)).slice(0, 1));
    // The help command itself knows only verbs.
    const isInnerHelp = args[0] === "help" && names.length > 1;
    await program.parseAsync(isInnerHelp ? [...names, "--help"] : args, { from: "user" });
    return terminal.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    // Help was printed because an argument was missing.
    if (error instanceof CommanderError && error.code === "commander.help") return exitCodes.usage;
    const failure = error instanceof CommanderError ? usageError(error, names) : toUserError(error);
    renderFailure(failure, terminal);
    return error instanceof CommanderError ? exitCodes.usage : exitCode(failure);
  }
}

/** Converts what a verb threw into an error with a next step, if the user can fix it. */
function toUserError(error: unknown): unknown {
  if (error instanceof PawlError) return error;
  const refused = openFilesError(error);
  if (refused !== undefined) return refused;
  if ((error as NodeJS.ErrnoException).syscall !== "uv_cwd") return storeError(error, homeDirectory());
  const next = "cd to a directory that exists, and type it again";
  return new PawlError("FILE_NOT_FOUND", "the working directory has been removed", { next }, { cause: error });
}

/** Codes of what is wrong with a pipeline or its inputs before anything starts. */
const invalid = new Set<ErrorCode>(["INPUT_INVALID", "PIPELINE_NOT_FOUND", "FILE_TOO_LARGE"]);

function exitCode(failure: unknown): number {
  if (failure instanceof PipelineErrors) return exitCodes.invalid;
  if (!(failure instanceof PawlError)) return exitCodes.failed;
  if (invalid.has(failure.code)) return exitCodes.invalid;
  return failure.code === "SERVER_UNREACHABLE" ? exitCodes.unreachable : exitCodes.failed;
}

/**
 * All verbs with name and summary; options and code are loaded only for the verb that is about to
 * run.
 */
export async function buildProgram(name: string | undefined, terminal: Terminal): Promise<Command> {
  const program = quiet(new Command("pawl"), terminal);
  program.description("Training pipelines that do not slip back.").version(pawlVersion());
  program
    .usage("<verb> [options]")
    .commandsGroup("Verbs:")
    .helpCommand("help [verb]", "what a verb does, and its options");
  program.addHelpText("after", "\nStart with:  pawl run tiny");
  program.action(() => program.help());
  program.hook("preAction", (_, verb) => {
    if (verb !== program) refuseForeignHome(homeDirectory());
  });
  for (const [verb, { summary, examples, load }] of Object.entries(verbs)) {
    const command = quiet(program.command(verb).description(summary), terminal);
    if (verb !== name) continue;
    command.option("--json", "print JSON, for scripts");
    (await load())(command, terminal);
    command.addHelpText("after", exampleText(examples));
    for (const inner of command.commands) quiet(inner, terminal).option("--json", "print JSON, for scripts");
  }
  return program;
}

function exampleText(examples: (typeof verbs)[string]["examples"]): string {
  const lines = examples.flatMap(([command, effect]) => [`  pawl ${command}`, `      ${effect}`]);
  return ["", "Examples:", ...lines].join("\n");
}

/** Makes commander throw errors, so that all are shown in one form. */
function quiet(command: Command, terminal: Terminal): Command {
  return command.exitOverride().configureOutput({
    writeOut: (text) => terminal.out(text.trimEnd()),
    outputError: () => undefined,
    writeErr: (text) => terminal.note(text.trimEnd()),
  });
}
