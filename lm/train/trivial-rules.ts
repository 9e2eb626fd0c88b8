import { mean } from "./metrics.js";

/** A rule that chooses between two responses without reading them, and how often it chooses as was chosen. */
export interface TrivialRule {
  /** The better one of two opposite rules on the training pairs: "longer", "second". */
  rule: string;
  /** Share of the training pairs that it explains; where it cannot choose, a pair counts half. */
  trainAccuracy: number;
  /** The same of the held-out pairs; absent where there are none. */
  accuracy?: number;
  /** Held-out pairs of which is known what the rule looks at. */
  pairs: number;
}

/** A preference as trivial rules see it. */
export interface ChosenOver {
  chosen: string;
  rejected: string;
  /** Which response was shown first, where that is known. */
  shownFirst?: "chosen" | "rejected";
}

/** Length of a text, code points. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

/** 1 where the first text is the longer one, 0 where the second is, 0.5 where both are as long. */
export function longer(first: string, second: string): number {
  return (1 + Math.sign(codePoints(first) - codePoints(second))) / 2;
}

/**
 * What length alone, and position alone where it is known, would score on held-out pairs. Of two opposite rules (the longer
 * or the shorter response wins; the one shown first or second) that is taken which explains more training pairs.
 */
export function trivialRules(
  train: readonly ChosenOver[],
  heldOut: readonly ChosenOver[],
): { length: TrivialRule; position?: TrivialRule } {
  const byLength = (pairs: readonly ChosenOver[]) => pairs.map(({ chosen, rejected }) => longer(chosen, rejected));
  const byPosition = (pairs: readonly ChosenOver[]) =>
    pairs.flatMap(({ shownFirst }) => (shownFirst === undefined ? [] : [shownFirst === "chosen" ? 1 : 0]));
  const shown = byPosition(train);
  return {
    length: betterOf(["longer", "shorter"], byLength(train), byLength(heldOut)),
    ...(shown.length > 0 && { position: betterOf(["first", "second"], shown, byPosition(heldOut)) }),
  };
}

/** @param train whether the first rule is right, 1, ½ or 0; the second is right where the first is wrong */
function betterOf(names: readonly [string, string], train: readonly number[], heldOut: readonly number[]): TrivialRule {
  const isFirst = mean(train) >= 0.5;
  const accuracy = (right: readonly number[]): number => (isFirst ? mean(right) : 1 - mean(right));
  return {
    rule: names[isFirst ? 0 : 1],
    trainAccuracy: accuracy(train),
    ...(heldOut.length > 0 && { accuracy: accuracy(heldOut) }),
    pairs: heldOut.length,
  };
}
