import { wrapped } from "../../platform/text/wrap.js";
import { environmentVariables, type EnvironmentVariable } from "../../platform/processes/environment-variables.js";

/** The reference of environment variables. */
export function environmentDocument(): string {
  return `${head}\n## For commands and workers\n${list("users")}\n${programs}${list("programs")}\n## For tests\n${list("maintainers")}`;
}

function list(of: EnvironmentVariable["of"]): string {
  const lines = Object.entries(environmentVariables)
    .filter(([, variable]) => variable.of === of)
    .map(([name, { meaning, standard }]) => {
      const text = `\`${name}\`: ${meaning}${standard === undefined ? "" : ` Default: ${standard}.`}`;
      return `- ${wrapped(text, 120, "  ").trimStart()}`;
    });
  return `${lines.join("\n")}\n`;
}

const programs = `## For programs
A \`command\` stage sets them for its program ([the contract](../guides/programs.md)).
`;

const head = `# Environment variables
An embedded server and its worker keep the environment in which they were started. \`pawl run\` warns if it
differs from yours; \`pawl up --stop\` stops them, and the next command starts them again.
`;
