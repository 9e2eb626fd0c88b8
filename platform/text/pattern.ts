import { createRequire } from "node:module";
import type { RE2JS } from "re2js";
import { translatePattern, PatternProblem } from "./pattern-syntax.js";

/**
 * A compiled regular expression of the user's. Searches take time linear in the length of the text.
 */
export interface Pattern {
  /** Whether it matches somewhere in the text. */
  test(text: string): boolean;
  /** Matches in the text that do not overlap, from its start; an empty match counts. */
  count(text: string): number;
  /** The maximum number of steps for searching the text, the same on every machine. */
  steps(text: string): number;
}

/** Maximum length of a pattern, UTF-16 code units. */
const maxPatternLength = 10_000;
/** Maximum number of instructions of a compiled pattern, with counted repetitions written out. */
const maxInstructions = 10_000;

/**
 * Compiles a JavaScript regular expression for RE2, whose searches never backtrack: a pattern in a
 * definition or in data cannot keep a process busy. There are no captures; a match is what a
 * backtracking search would find first.
 * @param dotAll whether a dot matches line ends as well (flag s); the flag u always holds
 * @throws PatternProblem for what is not a regular expression, what RE2 cannot do (lookaround,
 *   backreferences, some properties of characters), and what is too large
 */
export function compilePattern(source: string, { dotAll = false }: { dotAll?: boolean } = {}): Pattern {
  if (source.length > maxPatternLength)
    throw new PatternProblem(
      `it is longer than ${maxPatternLength} characters`,
      "shorten it, or check the text in another way",
    );
  const compiled = compile(translatePattern(source, dotAll));
  const size = compiled.programSize();
  if (size > maxInstructions)
    throw new PatternProblem(
      `it has ${size} instructions once repetitions are written out, at most ${maxInstructions} are allowed`,
      "lower the numbers in braces",
    );
  return {
    test: (text) => compiled.test(text),
    count: (text) => {
      let matches = 0;
      for (const _ of compiled.matchAll(text)) matches += 1;
      return matches;
    },
    steps: (text) => text.length * size,
  };
}

function compile(translated: string): RE2JS {
  // Loaded with the first pattern, because most definitions have none.
  const { RE2JS: engine } = createRequire(import.meta.url)("re2js") as { RE2JS: typeof RE2JS };
  try {
    return engine.compile(translated);
  } catch (error) {
    const message = (error as Error).message.replace(/^error parsing regexp: /, "");
    const property = /\\[pP]\{[^}]*\}/.exec(message)?.[0];
    if (property !== undefined)
      throw new PatternProblem(
        `${property} is not supported`,
        "use a category by its short name, such as \\p{L} or \\p{Lu}, or a script, such as \\p{Greek}",
      );
    throw new PatternProblem(
      message,
      "write it in another way; numbers in braces go up to 1000, nested ones multiplied",
    );
  }
}
