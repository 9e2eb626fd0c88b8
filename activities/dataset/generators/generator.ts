/**
 * A problem with its one right answer. One problem has one text, however it was drawn: rows are
 * held out by their text.
 */
export interface Problem {
  instruction: string;
  response: string;
}

/** A whole number from `least` to `most`, both included. */
export type Pick = (least: number, most: number) => number;

/** Both ends inclusive. */
export type Bounds = readonly [least: number, most: number];

/** The defaults of the settings. */
export interface Ranges {
  terms: Bounds;
  digits: Bounds;
  letters: Bounds;
}

/** Draws a problem. Pure: the same picks give the same problem. */
export type ProblemGenerator = (pick: Pick, ranges: Ranges) => Problem;

/** A number with `digits` digits; 0 has one digit. */
export function pickNumber(pick: Pick, digits: number): number {
  return pick(digits === 1 ? 0 : 10 ** (digits - 1), 10 ** digits - 1);
}
