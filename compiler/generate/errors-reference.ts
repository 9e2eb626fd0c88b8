import { errorExplanations, retryRules } from "../../platform/error-explanations.js";
import { errorCodes, type ErrorCode } from "../../platform/errors.js";

/** The reference of errors: each code with what it means, what to do, and whether a stage is tried again. */
export function errorsDocument(): string {
  const sections = (Object.keys(errorCodes) as ErrorCode[]).map((code) => {
    const { meaning, fix } = errorExplanations[code];
    return `## ${code}\n${meaning}\n\n**What to do.** ${fix}\n\n**Class** \`${errorCodes[code]}\`: ${retryRules[errorCodes[code]]}.\n`;
  });
  return `${head}\n${sections.join("\n")}`;
}

const head = `# Errors
Every error has a code from this list, the place, what was expected, what was found, and what to do next. \`pawl explain CODE\`
prints what stands here. The class of a code decides whether a stage that fails with it is tried again.
`;
