import { personHere } from "../../api/person.js";
import { PawlError } from "../../platform/errors.js";

const longestName = 200;

/**
 * Who answers: the name that the page sends, else that of the operating system's user. As on the command line, a name is what
 * people say of themselves: whoever reaches the studio may use any.
 * @throws PawlError WRONG_TYPE
 */
export function personOf(given: unknown): string {
  if (given === undefined || given === "") return personHere();
  if (typeof given === "string" && given.trim() !== "" && given.length <= longestName) return given.trim();
  throw new PawlError("WRONG_TYPE", `a person's name must be a text of at most ${longestName} characters`, {
    where: "person",
    next: "change your name on the page",
  });
}
