import { RandomStream } from "../../../platform/random.js";
import { pickNumber, type ProblemGenerator } from "./generator.js";

/**
 * Additions and subtractions of whole numbers, all of one problem with the same number of digits,
 * as reasoning-gym's `chain_sum` draws them. Departures: the words of the question, and the order
 * of the terms, which follows from the terms themselves, so that `3 + 4` and `4 + 3` are one
 * problem. The first term is never subtracted.
 */
export const chainSum: ProblemGenerator = (pick, { terms, digits }) => {
  const count = pick(...terms);
  const size = pick(...digits);
  const drawn = Array.from({ length: count }, (_, i) => {
    const value = pickNumber(pick, size);
    return i > 0 && pick(0, 1) === 1 ? -value : value;
  });
  const ordered = order(drawn);
  const [first, ...others] = ordered;
  const expression = others.reduce(
    (text, term) => `${text} ${isSubtracted(term) ? "-" : "+"} ${Math.abs(term)}`,
    String(first),
  );
  return { instruction: `What is ${expression}?`, response: String(ordered.reduce((sum, term) => sum + term, 0)) };
};

/** A subtracted 0 is -0. */
const isSubtracted = (term: number): boolean => term < 0 || Object.is(term, -0);

/**
 * The one order of these terms: a permutation drawn from the terms, then an added term in front.
 */
function order(terms: readonly number[]): number[] {
  const sorted = terms.toSorted((a, b) => a - b || Number(Object.is(a, 0)) - Number(Object.is(b, 0)));
  const permutation = new RandomStream(
    0,
    `chain-sum ${sorted.map((term) => (isSubtracted(term) ? "-" : "+") + Math.abs(term)).join(" ")}`,
  );
  const ordered = [...permutation.permutation(sorted.length)].map((i) => sorted[i]!);
  const first = ordered.findIndex((term) => !isSubtracted(term));
  return [ordered[first]!, ...ordered.toSpliced(first, 1)];
}
