import type { Argument, Command, Option } from "commander";
import { wrapped } from "../platform/text/wrap.js";
import { exitCodes, exitMeanings } from "./exit-codes.js";
import { buildProgram } from "./program.js";
import type { Terminal } from "./terminal.js";
import { verbs } from "./verbs/index.js";

/**
 * The reference of commands: every verb with its arguments, options and examples, and the exit
 * codes.
 */
export async function commandsDocument(terminal: Terminal): Promise<string> {
  const sections: string[] = [];
  for (const [name, { summary, examples }] of Object.entries(verbs)) {
    const program = await buildProgram(name, terminal);
    const verb = program.commands.find((command) => command.name() === name)!;
    const documented = verb.commands.length > 0 ? [...verb.commands] : [verb];
    sections.push(
      [
        `## pawl ${name}`,
        sentence(summary),
        ...documented.map((command) => usage(command)),
        formatExamples(examples),
      ].join("\n\n"),
    );
  }
  return `${head}\n${sections.join("\n\n")}\n\n## Exit codes\n${exitLines()}\n`;
}

const head = `# Commands
\`pawl help VERB\` prints the same text. Every verb takes \`--json\`, which prints JSON for scripts.
`;

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const item = (text: string): string => `- ${wrapped(text, 120, "  ").trimStart()}`;

function usage(command: Command): string {
  const path = [command.parent?.name() === "pawl" ? "" : command.parent?.name(), command.name()].filter(Boolean);
  const lines = [
    ...command.registeredArguments.map((argument) => item(argumentText(argument))),
    ...command.options.filter(({ long }) => long !== "--json").map((option) => item(optionText(option))),
  ];
  const head = `\`pawl ${path.join(" ")} ${command.usage().replace("[options] ", "")}\``;
  return lines.length === 0 ? head : `${head}\n\n${lines.join("\n")}`;
}

function argumentText(argument: Argument): string {
  const name = `\`${argument.name()}\``;
  return argument.description === "" ? name : `${name}: ${argument.description}`;
}

function optionText({ flags, description, defaultValue }: Option): string {
  const isShown = defaultValue !== undefined && !Array.isArray(defaultValue) && typeof defaultValue !== "boolean";
  return `\`${flags}\`: ${description}${isShown ? ` (default: ${String(defaultValue)})` : ""}`;
}

function formatExamples(examples: (typeof verbs)[string]["examples"]): string {
  const lines = examples.map(([command, effect]) => `pawl ${command}   # ${effect}`);
  return ["```sh", ...lines, "```"].join("\n");
}

function exitLines(): string {
  return (Object.keys(exitCodes) as (keyof typeof exitCodes)[])
    .map((name) => item(`\`${exitCodes[name]}\` ${exitMeanings[name]}`))
    .join("\n");
}
