import { Type, type Static } from "@sinclair/typebox";
import { metric, type Rule, type RuleProblem } from "../stage.js";

const kinds = {
  fruit: "apricot banana grape lemon lychee mango melon papaya peach plum quince raspberry",
  instrument: "accordion banjo cello clarinet flute guitar harp lute oboe piano trombone violin",
  gem: "amethyst beryl emerald garnet jade onyx opal quartz ruby sapphire topaz turquoise",
  herb: "basil chive coriander dill fennel lavender oregano parsley rosemary saffron tarragon thyme",
  dance: "bolero cancan foxtrot flamenco mazurka minuet polka rumba salsa samba tango waltz",
  sport: "archery badminton curling fencing golf hockey judo karate polo rugby squash tennis",
};

/** Needles in a haystack, as `evaluate` and `extend-context` measure them. */
export const needle = Type.Object(
  {
    lengths: Type.Optional(
      Type.Array(Type.Integer({ minimum: 16 }), {
        minItems: 1,
        description: "lengths of the text in tokens, question included; default: the model's context length",
      }),
    ),
    depths: Type.Integer({ minimum: 1, default: 5, description: "number of depths, from the text's start to its end" }),
    samples: Type.Integer({ minimum: 1, default: 8, description: "texts per length and depth" }),
    distractors: Type.Integer({
      minimum: 0,
      default: 3,
      description: "number of statements about other keys in the same text",
    }),
    statement: Type.String({
      default: "\nHere is the {value}.\n",
      description: "sentence that is hidden in the text; contains {value}, and optionally {key}",
    }),
    question: Type.String({
      default: "\nThe {key} here is the {value}",
      description: "end of the text; contains {key}, and ends with {value}, which the model must produce",
    }),
    words: Type.Array(
      Type.Object(
        {
          key: Type.String({ minLength: 1, description: "a kind of thing, {key} in the texts" }),
          values: Type.Array(Type.String({ minLength: 1 }), {
            minItems: 1,
            uniqueItems: true,
            description: "things of this kind, {value} in the texts",
          }),
        },
        { additionalProperties: false },
      ),
      {
        minItems: 1,
        default: Object.entries(kinds).map(([key, values]) => ({ key, values: values.split(" ") })),
        description: "keys and their possible values; default: 6 keys with 12 values each",
      },
    ),
  },
  {
    additionalProperties: false,
    description: "needle-in-a-haystack test: statements hidden in text, by length and depth",
  },
);

export type NeedleSettings = Static<typeof needle>;

/** Metrics of stages that look for needles. */
export const needleMetrics = {
  needlesFound: metric("share", "share of needles found, over all lengths and depths"),
  needlesFoundLongest: metric("share", "share of needles found at the greatest length"),
  needlesFoundLongestLow: metric("share", "lower bound of its 95 % confidence interval"),
  needlesFoundLongestHigh: metric("share", "upper bound of its 95 % confidence interval"),
  needlesLongest: metric("needles", "needles at the greatest length"),
  needlesByChance: metric(
    "share",
    "share found there by guessing: any value of the key, or of any statement, whichever is higher",
  ),
  needlesWithinReach: metric("share", "share of them with a token within the attention's reach, through all layers"),
};

interface WithNeedle {
  needle?: NeedleSettings;
}

/** Conditions on `needle`, wherever it stands. */
export const needleRules: readonly Rule<WithNeedle>[] = [
  { fields: ["needle.statement"], check: statementHasValue },
  { fields: ["needle.question"], check: questionAsksForValue },
  { fields: ["needle.distractors", "needle.words"], check: enoughKeys },
];

function statementHasValue({ needle }: WithNeedle): RuleProblem | undefined {
  if (needle === undefined || needle.statement.split("{value}").length === 2) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["needle", "statement"],
    message: "must contain {value} exactly once",
    next: 'write, for example, "Here is the {value}."',
  };
}

function questionAsksForValue({ needle }: WithNeedle): RuleProblem | undefined {
  if (needle === undefined) return undefined;
  const [before, ...after] = needle.question.split("{value}");
  if (before!.includes("{key}") && after.length === 1 && after[0] === "") return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["needle", "question"],
    message: "must contain {key}, and end with {value}",
    next: 'write, for example, "The {key} here is the {value}"',
  };
}

function enoughKeys({ needle }: WithNeedle): RuleProblem | undefined {
  if (needle === undefined || needle.distractors < needle.words.length) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["needle", "distractors"],
    message: `must be < the number of keys (${needle.words.length}), got ${needle.distractors}`,
    next: "lower distractors, or add keys to words",
  };
}
