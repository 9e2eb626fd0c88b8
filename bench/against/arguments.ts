import { PawlError } from "../../platform/errors.js";

export interface Arguments {
  /** A commit, branch or tag of this repository. */
  commit: string;
  /** What runs in a turn: `test`, or a bench. */
  name: string;
  /** Passed to it. */
  options: string[];
  /** Every round is a turn of each side. */
  rounds: number;
  /** Whether rounds measured before are discarded. */
  again: boolean;
}

export const usage = "npm run bench -- against COMMIT NAME [--rounds N] [--again] [options of NAME]";

/** A whole command takes minutes; a bench repeats its work itself. */
const defaultRounds = { test: 3, demo: 3 } as Record<string, number>;
/** The demo's metrics for one seed take as long as the demo itself. */
const defaultOptions = { demo: ["1"] } as Record<string, string[]>;

/**
 * Reads the command line of `bench against`.
 * @param known what may run: the benches of this tree, and `test`
 * @throws PawlError INPUT_INVALID
 */
export function parseArguments(given: readonly string[], known: readonly string[]): Arguments {
  const left = [...given];
  const again = take(left, "--again", 1) !== undefined;
  const count = take(left, "--rounds", 2)?.[1];
  const [commit, name, ...options] = left;
  if (commit === undefined || name === undefined || commit.startsWith("-"))
    throw invalid("COMMIT and NAME are required", { expected: usage, got: given.join(" ") || "no arguments" });
  if (!known.includes(name))
    throw invalid(`there is no bench ${name}`, { where: "NAME", expected: `one of: ${known.join(", ")}`, got: name });
  return {
    commit,
    name,
    options: options.length > 0 ? options : (defaultOptions[name] ?? []),
    rounds: count === undefined ? (defaultRounds[name] ?? 5) : roundsOf(count),
    again,
  };
}

/**
 * Removes an option and its value from the list; undefined if it is absent. A missing value is an
 * empty one.
 */
function take(left: string[], option: string, length: number): string[] | undefined {
  const at = left.indexOf(option);
  return at < 0 ? undefined : [...left.splice(at, length), ""];
}

function roundsOf(count: string): number {
  if (/^[1-9]\d{0,3}$/.test(count)) return Number(count);
  throw invalid("--rounds must be a number of rounds", {
    where: "--rounds",
    expected: "a whole number from 1 to 9999",
    got: count || "nothing",
  });
}

function invalid(message: string, facts: { where?: string; expected: string; got: string }): PawlError {
  return new PawlError("INPUT_INVALID", message, { ...facts, next: usage });
}
