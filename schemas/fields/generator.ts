import { Type, type Static } from "@sinclair/typebox";
import type { RuleProblem } from "../stage.js";
import { StringEnum } from "./basic.js";

/** Kinds of problems, modeled on the reasoning-gym tasks of these names. */
export const problemTasks = ["chain-sum", "simple-equation", "spell-backward"] as const;
export type ProblemTask = (typeof problemTasks)[number];

/** Ranges of a generator without settings of its own: [minimum, maximum]. */
export const defaultRanges = { terms: [2, 3], digits: [1, 2], letters: [3, 6] } as const;

const range = (name: keyof typeof defaultRanges, description: string, minimum: number, maximum: number) =>
  Type.Optional(
    Type.Array(Type.Integer({ minimum, maximum }), {
      minItems: 2,
      maxItems: 2,
      "x-default": defaultRanges[name],
      description: `[minimum, maximum] ${description}; default [${defaultRanges[name].join(", ")}]`,
    }),
  );

/** Problems with one right answer each, generated from a seed. */
export const generator = Type.Object(
  {
    task: StringEnum(problemTasks, {
      description:
        "chain-sum: additions and subtractions; simple-equation: a * x + b = c; spell-backward: a synthetic word, from last letter to first",
    }),
    problems: Type.Integer({ minimum: 1, maximum: 1_000_000, description: "number of problems, all different" }),
    terms: range("terms", "number of terms in a chain-sum", 2, 10),
    digits: range("digits", "digits per number in a chain-sum or simple-equation", 1, 6),
    letters: range("letters", "letters per word in spell-backward", 1, 30),
    seed: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 2 ** 32 - 1, description: "random seed; default: the run's" }),
    ),
  },
  {
    additionalProperties: false,
    description: "synthetic problems with one right answer each: rows of instruction, response, task",
  },
);
export type GeneratorSettings = Static<typeof generator>;

/** Ranges of a generator, and the tasks that have them. */
const rangeTasks = {
  terms: ["chain-sum"],
  digits: ["chain-sum", "simple-equation"],
  letters: ["spell-backward"],
} as const satisfies Record<string, readonly ProblemTask[]>;
type Range = keyof typeof rangeTasks;

/** Conditions over the fields of a generator. */
export function checkGenerator(given: GeneratorSettings, at: RuleProblem["at"]): RuleProblem | undefined {
  for (const name of Object.keys(rangeTasks) as Range[]) {
    const [least, most] = given[name] ?? [];
    if (least === undefined || most === undefined) continue;
    const tasks: readonly ProblemTask[] = rangeTasks[name];
    if (!tasks.includes(given.task))
      return {
        code: "NOT_ALLOWED",
        at: [...at, name],
        message: `is only valid with task ${tasks.join(" or ")}`,
        next: `remove ${name}`,
      };
    if (least > most)
      return {
        code: "OUT_OF_RANGE",
        at: [...at, name],
        message: `must be [minimum, maximum], got [${least}, ${most}]`,
        next: `write [${most}, ${least}]`,
      };
  }
  return undefined;
}
