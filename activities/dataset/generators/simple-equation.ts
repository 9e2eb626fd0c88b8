import { pickNumber, type ProblemGenerator } from "./generator.js";

/**
 * Linear equations in one unknown with a whole solution, as reasoning-gym's `simple_equations` has
 * them. Departures: the words of the question; always the form a * x ± b = c, with a from 2 to 9;
 * the unknown is always x.
 */
export const simpleEquation: ProblemGenerator = (pick, { digits }) => {
  const factor = pick(2, 9);
  const solution = pickNumber(pick, pick(...digits));
  const offset = pickNumber(pick, pick(...digits));
  const drawn = pick(0, 1);
  // Adding and subtracting 0 give the same problem.
  const isAdded = offset === 0 || drawn === 0;
  const result = factor * solution + (isAdded ? offset : -offset);
  return {
    instruction: `What is x if ${factor} * x ${isAdded ? "+" : "-"} ${offset} = ${result}?`,
    response: String(solution),
  };
};
