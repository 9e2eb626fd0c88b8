import { PawlError } from "../../../platform/errors.js";
import { RandomStream } from "../../../platform/random.js";
import { defaultRanges, type GeneratorSettings, type ProblemTask } from "../../../schemas/fields/generator.js";
import { chainSum } from "./chain-sum.js";
import type { Bounds, Pick, Problem, ProblemGenerator, Ranges } from "./generator.js";
import { simpleEquation } from "./simple-equation.js";
import { spellBackward } from "./spell-backward.js";

const generators: Readonly<Record<ProblemTask, ProblemGenerator>> = {
  "chain-sum": chainSum,
  "simple-equation": simpleEquation,
  "spell-backward": spellBackward,
};

/**
 * After this number of consecutive draws without a new problem, hardly any other problem remains.
 */
const maxFruitless = 10_000;

/**
 * Different problems of a task: a pure function of settings and seed. A smaller number of problems
 * is the beginning of a larger one.
 * @param seed of the run, if the settings have none
 * @param where the setting, for messages
 * @throws PawlError OUT_OF_RANGE if the ranges have too few different problems
 */
export function* generateProblems(
  settings: GeneratorSettings,
  seed: number,
  where: string,
): Generator<Problem & { task: ProblemTask }> {
  const { task, problems } = settings;
  const ranges: Ranges = {
    terms: bounds(settings.terms) ?? defaultRanges.terms,
    digits: bounds(settings.digits) ?? defaultRanges.digits,
    letters: bounds(settings.letters) ?? defaultRanges.letters,
  };
  const pick = picker(settings.seed ?? seed, `problems ${task}`);
  const seen = new Set<string>();
  for (let fruitless = 0; seen.size < problems;) {
    const problem = generators[task](pick, ranges);
    if (seen.has(problem.instruction)) {
      if (++fruitless >= maxFruitless) throw tooFew(problems, seen.size, where);
      continue;
    }
    fruitless = 0;
    seen.add(problem.instruction);
    yield { ...problem, task };
  }
}

function bounds(given: readonly number[] | undefined): Bounds | undefined {
  return given && [given[0]!, given[1]!];
}

/** Draws whole numbers, one after another. */
function picker(seed: number, name: string): Pick {
  const stream = new RandomStream(seed, name);
  let index = 0;
  return (least, most) => least + Math.floor(stream.uniform(index++) * (most - least + 1));
}

function tooFew(problems: number, found: number, where: string): PawlError {
  return new PawlError("OUT_OF_RANGE", "the generator has too few different problems", {
    where,
    expected: `${problems} different problems`,
    got: `${found}, then ${maxFruitless} draws without a new one`,
    next: "lower problems, or widen the ranges",
  });
}
