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
        description: "tokens of the text, question included; default: the model's context",
      }),
    ),
    depths: Type.Integer({ minimum: 1, default: 5, description: "places from the text's beginning to its end" }),
    samples: Type.Integer({ minimum: 1, default: 8, description: "texts for each length and depth" }),
    distractors: Type.Integer({
      minimum: 0,
      default: 3,
      description: "statements with values of other keys in the same text",
    }),
    statement: Type.String({
      default: "\nHere is the {value}.\n",
      description: "what is hidden in the text, with {value} and perhaps {key}",
    }),
    question: Type.String({
      default: "\nThe {key} here is the {value}",
      description: "what the text ends with; {value}, at its end, is what the model must say",
    }),
    words: Type.Array(
      Type.Object(
        {
          key: Type.String({ minLength: 1 }),
          values: Type.Array(Type.String({ minLength: 1 }), { minItems: 1, uniqueItems: true }),
        },
        { additionalProperties: false },
      ),
      {
        minItems: 1,
        default: Object.entries(kinds).map(([key, values]) => ({ key, values: values.split(" ") })),
        description: "keys and the values that each may have; default: six kinds of twelve things",
      },
    ),
  },
  {
    additionalProperties: false,
    description: "statements hidden in text, found again or not, by length and depth",
  },
);

export type NeedleSettings = Static<typeof needle>;

/** Metrics of stages that look for needles. */
export const needleMetrics = {
  needlesFound: metric("share", "share of needles found, all lengths and depths"),
  needlesFoundLongest: metric("share", "the same at the greatest length"),
  needlesFoundLongestLow: metric("share", "lower end of its 95 % interval"),
  needlesFoundLongestHigh: metric("share", "upper end of its 95 % interval"),
  needlesLongest: metric("needles", "needles at the greatest length"),
  needlesByChance: metric(
    "share",
    "share found there by naming any value of the key, or of any statement, whichever is more",
  ),
  needlesWithinReach: metric(
    "share",
    "share of them of which a token is within the attention's reach, through all layers",
  ),
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
    message: "must have {value} once",
    next: 'for example "Here is the {value}."',
  };
}

function questionAsksForValue({ needle }: WithNeedle): RuleProblem | undefined {
  if (needle === undefined) return undefined;
  const [before, ...after] = needle.question.split("{value}");
  if (before!.includes("{key}") && after.length === 1 && after[0] === "") return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["needle", "question"],
    message: "must have {key}, and {value} at its end",
    next: 'for example "The {key} here is the {value}"',
  };
}

function enoughKeys({ needle }: WithNeedle): RuleProblem | undefined {
  if (needle === undefined || needle.distractors < needle.words.length) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["needle", "distractors"],
    message: `must be < the number of keys (${needle.words.length}), got ${needle.distractors}`,
    next: "lower distractors, or give more keys",
  };
}
