import type { Context } from "hono";
import { maxNameLength, localPerson } from "../../api/acting/person.js";
import { PawlError } from "../../platform/errors.js";

/** The person who answers, and whether the session proves it. */
export interface Answerer {
  person: string;
  isProved: boolean;
}

/**
 * Who answers: the person whose link the visitor has shown; else the name that the page sends,
 * which is what people say of themselves, as on the command line; else the operating system's user.
 * @throws PawlError WRONG_TYPE
 */
export function identifyAnswerer(c: Context, given: unknown): Answerer {
  const proved = c.get("visitor").person;
  return proved === undefined ? { person: personName(given), isProved: false } : { person: proved, isProved: true };
}

function personName(given: unknown): string {
  if (given === undefined || given === "") return localPerson();
  if (typeof given === "string" && given.trim() !== "" && given.length <= maxNameLength) return given.trim();
  throw new PawlError("WRONG_TYPE", `a person's name must be a text of at most ${maxNameLength} characters`, {
    where: "person",
    next: "change your name on the page",
  });
}
