import type { Context } from "hono";
import { longestName, personHere } from "../../api/acting/person.js";
import { PawlError } from "../../platform/errors.js";

/** Who answers, and whether the session shows it. */
export interface Answerer {
  person: string;
  isProved: boolean;
}

/**
 * Who answers: the person whose link the visitor has shown; else the name that the page sends, which is what people say of
 * themselves, as on the command line; else the operating system's user.
 * @throws PawlError WRONG_TYPE
 */
export function answererOf(c: Context, given: unknown): Answerer {
  const proved = c.get("visitor").person;
  return proved === undefined ? { person: nameOf(given), isProved: false } : { person: proved, isProved: true };
}

function nameOf(given: unknown): string {
  if (given === undefined || given === "") return personHere();
  if (typeof given === "string" && given.trim() !== "" && given.length <= longestName) return given.trim();
  throw new PawlError("WRONG_TYPE", `a person's name must be a text of at most ${longestName} characters`, {
    where: "person",
    next: "change your name on the page",
  });
}
