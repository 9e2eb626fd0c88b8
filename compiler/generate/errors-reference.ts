import { errorExplanations, retryRules } from "../../platform/error-explanations.js";
import { errorCodes, type ErrorCode } from "../../platform/errors.js";
import { wrapped } from "../../platform/text/wrap.js";

/**
 * The reference of errors: each code with what it means, what to do, and whether a stage is
 * retried.
 */
export function errorsDocument(): string {
  const sections = (Object.keys(errorCodes) as ErrorCode[]).map((code) => {
    const { meaning, fix } = errorExplanations[code];
    const text = [
      meaning,
      `**What to do.** ${fix}`,
      `**Class** \`${errorCodes[code]}\`: ${retryRules[errorCodes[code]]}.`,
    ];
    return `## ${code}\n${text.map((one) => wrapped(one, 120)).join("\n\n")}\n`;
  });
  return `${head}\n${sections.join("\n")}`;
}

const head = `# Errors
Every error has a code from this list, the place, what was expected, what was found, and what to do next.
\`pawl explain CODE\` prints the same texts. The class of a code decides whether a stage that fails with it is retried.
`;
