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
A \`command\` stage sets these variables for its program ([the contract](../guides/programs.md)).
`;

const head = `# Environment variables
An embedded server and its workers keep the environment that they were started with. If it differs from yours,
\`pawl run\` warns. Stop them with \`pawl up --stop\`; the next command starts them with your environment.
`;
