import { mean } from "./metrics.js";

/**
 * A rule that chooses between two responses without reading them, and how often it agrees with the
 * choices.
 */
export interface TrivialRule {
  /** The better one of two opposite rules on the training preferences: "longer", "second". */
  rule: string;
  /**
   * Share of the training preferences that it explains; if it cannot choose, a preference counts
   * half.
   */
  trainAccuracy: number;
  /** The same for the held-out preferences; absent if there are none. */
  accuracy?: number;
  /** Held-out preferences for which the rule's input is known. */
  pairs: number;
}

/** A preference as trivial rules see it. */
export interface ChosenOver {
  chosen: string;
  rejected: string;
  /** Which response was shown first, if that is known. */
  shownFirst?: "chosen" | "rejected";
}

/** Length of a text, code points. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** 1 if the first text is longer, 0 if the second is, 0.5 if both have the same length. */
export function longer(first: string, second: string): number {
  return (1 + Math.sign(codePoints(first) - codePoints(second))) / 2;
}

/**
 * The accuracy of length alone, and of position alone if it is known, on held-out preferences. Of
 * two opposite rules (the longer or the shorter response wins; the one shown first or second) the
 * one that explains more training preferences is used.
 */
export function trivialRules(
  train: readonly ChosenOver[],
  heldOut: readonly ChosenOver[],
): { length: TrivialRule; position?: TrivialRule } {
  const byLength = (pairs: readonly ChosenOver[]) => pairs.map(({ chosen, rejected }) => longer(chosen, rejected));
  const byPosition = (pairs: readonly ChosenOver[]) =>
    pairs.flatMap(({ shownFirst }) => (shownFirst === undefined ? [] : [shownFirst === "chosen" ? 1 : 0]));
  const byShownPosition = byPosition(train);
  return {
    length: chooseBetter(["longer", "shorter"], byLength(train), byLength(heldOut)),
    ...(byShownPosition.length > 0 && {
      position: chooseBetter(["first", "second"], byShownPosition, byPosition(heldOut)),
    }),
  };
}

/**
 * @param train whether the first rule is right, 1, ½ or 0; the second is right if the first is
 *   wrong
 */
function chooseBetter(
  names: readonly [string, string],
  train: readonly number[],
  heldOut: readonly number[],
): TrivialRule {
  const isFirst = mean(train) >= 0.5;
  const accuracy = (right: readonly number[]): number => (isFirst ? mean(right) : 1 - mean(right));
  return {
    rule: names[isFirst ? 0 : 1],
    trainAccuracy: accuracy(train),
    ...(heldOut.length > 0 && { accuracy: accuracy(heldOut) }),
    pairs: heldOut.length,
  };
}
