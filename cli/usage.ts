import type { CommanderError } from "commander";
import { PawlError } from "../platform/errors.js";
import { nearest } from "../expressions/nearest.js";
import { verbs } from "./verbs/index.js";

/**
 * A mistyped command as a PawlError that shows the nearest valid one.
 * @param names of the verb and its subcommand, as typed: ["verify", "resume"]
 */
export function usageError(error: CommanderError, names: readonly string[]): PawlError {
  const [verb] = names;
  if (verb !== undefined && !(verb in verbs)) return unknownVerb(verb);
  const help = ["pawl", "help", ...names].join(" ");
  const [text = "", proposal] = error.message.replace(/^error: /, "").split("\n");
  const meant = /Did you mean (.+)\?/.exec(proposal ?? "")?.[1];
  switch (error.code) {
    case "commander.unknownOption":
      return new PawlError("UNKNOWN_KEY", text, {
        next: meant === undefined ? help : `write ${meant} (all options: ${help})`,
      });
    case "commander.missingArgument":
    case "commander.optionMissingArgument":
      return new PawlError("MISSING_KEY", text, { next: help });
    default:
      return new PawlError("NOT_ALLOWED", text, { next: help });
  }
}

function unknownVerb(verb: string): PawlError {
  const guess = nearest(verb, Object.keys(verbs));
  return new PawlError("UNKNOWN_KEY", `there is no verb ${verb}`, {
    expected: `one of ${Object.keys(verbs).join(", ")}`,
    next: guess === undefined ? "pawl help" : `pawl ${guess}`,
  });
}
