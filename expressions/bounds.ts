import type { ExpressionData } from "@actions/expressions/data/expressiondata";
import * as data from "@actions/expressions/data/index";
import { FilteredArray } from "@actions/expressions/filtered_array";
import type { Json } from "../platform/json.js";

/** Maximum length of one text that an expression produces, characters. */
const maxTextLength = 512 * 1024;
/**
 * Limit of characters and items that expressions of one template read and produce; 8 million take
 * at most about a second.
 */
const maxTemplateCharacters = 8 * 1024 * 1024;
/**
 * The same for one `if`: a workflow evaluates those of all its stages again whenever one of them
 * has ended.
 */
export const maxConditionCharacters = 1024 * 1024;

/** An expression would read or produce more than the bounds allow. */
export class OverBound extends Error {
  readonly expected: string;
  readonly next = "put long texts into files of the project, and name the files in the definition";
  constructor(message: string, expected: string) {
    super(message);
    this.expected = expected;
  }
}

/**
 * What a group of expressions may still read and produce, in characters and items. It counts work
 * and not time, so that an expression is refused on every machine or on none.
 */
export class Budget {
  readonly #maxWork: number;
  #remaining: number;
  constructor(most = maxTemplateCharacters) {
    this.#maxWork = most;
    this.#remaining = most;
  }

  get isSpent(): boolean {
    return this.#remaining < 0;
  }

  /** @throws OverBound when the budget is spent */
  spend(work: number): void {
    this.#remaining -= work;
    if (this.isSpent)
      throw new OverBound(
        "the expressions read and produce too much",
        `at most ${this.#maxWork} characters and list items in all`,
      );
  }
}

/** Counts the characters of one text before it is produced. */
export class TextLength {
  #length = 0;
  constructor(private readonly what: string) {}

  /** @throws OverBound for a text longer than maxTextLength */
  add(characters: number): void {
    this.#length += characters;
    if (this.#length > maxTextLength)
      throw new OverBound(`the text that ${this.what} is too long`, `at most ${maxTextLength} characters`);
  }
}

/** Work to read one value: the length of a text, the number of items that stars selected, or 1. */
export function readingWork(value: ExpressionData): number {
  if (value instanceof data.StringData) return 1 + value.value.length;
  return value instanceof FilteredArray ? 1 + value.values().length : 1;
}

/** The work of reading every item of a list. */
export const workOfItems = (list: data.Array): number =>
  list.values().reduce((sum, item) => sum + readingWork(item), 0);

/** The work of copying a whole value. */
export function workOfJson(value: Json): number {
  if (typeof value === "string") return 1 + value.length;
  if (typeof value !== "object" || value === null) return 1;
  return Object.entries(value).reduce((sum, [key, item]) => sum + key.length + workOfJson(item), 1);
}
