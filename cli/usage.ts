import type { CommanderError } from "commander";
import { PawlError } from "../schemas/errors.js";
import { nearest } from "../expressions/nearest.js";
import { verbs } from "./verbs/index.js";

/** A wrongly typed command as a PawlError that shows the nearest right one. */
export function usageError(error: CommanderError, verb: string | undefined): PawlError {
  const help = verb !== undefined && verb in verbs ? `pawl help ${verb}` : "pawl help";
  const [text = "", proposal] = error.message.replace(/^error: /, "").split("\n");
  const meant = /Did you mean (.+)\?/.exec(proposal ?? "")?.[1];
  switch (error.code) {
    case "commander.unknownCommand":
    case "commander.excessArguments": {
      if (verb !== undefined && verb in verbs) return new PawlError("NOT_ALLOWED", text, { next: help });
      const guess = nearest(verb ?? "", Object.keys(verbs));
      return new PawlError("UNKNOWN_KEY", `there is no verb ${verb}`, {
        expected: `one of ${Object.keys(verbs).join(", ")}`,
        next: guess === undefined ? help : `pawl ${guess}`,
      });
    }
    case "commander.unknownOption":
      return new PawlError("UNKNOWN_KEY", text, {
        next: meant === undefined ? help : `write ${meant} (all options: ${help})`,
      });
    case "commander.missingArgument":
    case "commander.optionMissingArgument":
    case "commander.missingMandatoryOptionValue":
      return new PawlError("MISSING_KEY", text, { next: help });
    default:
      return new PawlError("NOT_ALLOWED", text, { next: help });
  }
}
