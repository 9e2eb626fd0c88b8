import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset, Duration } from "../fields/basic.js";
import { defineStage, metric, type Rows, type RuleProblem } from "../stage.js";
import { samplingFields } from "../fields/training.js";
import { judge, judgeMetrics, judgeRules, modulesRead, modulesRun } from "../fields/scoring.js";

const settings = Type.Object({
  model: Artifact("model", "model that writes the responses"),
  prompts: Type.Array(Dataset(["instruction"], "instruction rows, whose instruction is the prompt"), { minItems: 1 }),
  limit: Type.Optional(Type.Integer({ minimum: 1, description: "maximum number of prompts" })),
  judge: Type.Optional(judge),
  count: Type.Optional(Type.Integer({ minimum: 1, description: "number of choices; default: one for each pair" })),
  people: Type.Integer({
    minimum: 1,
    maximum: 100,
    default: 1,
    description: "people who choose at each pair; the choice that most of them made counts, else it is a tie",
  }),
  deadline: Type.Optional(Duration("maximum wait for people's choices; default: no limit")),
  heldOut: Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    default: 0,
    description: "share of preferences held out, by hash of the prompt",
  }),
  batchSize: Type.Integer({ minimum: 1, default: 16, description: "responses per batch" }),
  ...samplingFields,
  temperature: Type.Number({
    exclusiveMinimum: 0,
    default: 1,
    description: "sampling temperature; the higher, the more the two responses differ",
  }),
});
type Settings = Static<typeof settings>;

export const collectPreferences = defineStage({
  summary: "collects preferences: a model writes two responses to each prompt, and a person or a judge chooses one",
  example: `
preferences:
  uses: collect-preferences
  with:
    model: \${{ stages.chat.outputs.model }}
    prompts: ["\${{ stages.questions.outputs.train }}"]
    judge: { kind: length, prefer: less } # without a judge, a person chooses: pawl choose
    maxNewTokens: 16
    heldOut: 0.2
`,
  version: 6,
  with: settings,
  rules: [
    ...judgeRules,
    { fields: ["judge", "deadline"], check: deadlineForPeople },
    { fields: ["judge", "people"], check: peopleWithoutJudge },
  ],
  outputs: Type.Object({
    train: Artifact("dataset", "preferences to train on"),
    heldOut: Artifact("dataset", "held-out preferences"),
    choices: Artifact("choices", "every pair of responses as it was shown, the choice, and who chose"),
  }),
  metrics: {
    pairs: metric("preferences", "pairs of responses to choose between"),
    chosen: metric("preferences", "pairs with a preferred response"),
    ties: metric("preferences", "ties, left out"),
    bothBad: metric("preferences", "pairs with two bad responses, left out"),
    unanswered: metric("preferences", "pairs without a choice, left out"),
    firstPlace: metric(
      "share",
      "share of preferred responses that were shown first; about one half without a position bias",
    ),
    people: metric("people", "people who chose, if they gave names"),
    agreement: metric("share", "share of the same choices among all pairs of people at a pair of responses"),
    kappa: metric("1", "agreement of people beyond chance: Cohen's kappa of two, Fleiss' kappa of more"),
    trainRows: metric("rows", "preferences to train on"),
    heldOutRows: metric("rows", "preferences held out"),
    tooLong: metric("prompts", "prompts left out because they leave no room for a response"),
    identical: metric("prompts", "prompts left out because every response to them was the same"),
    blank: metric("prompts", "prompts left out because every response to them was blank"),
    ...judgeMetrics,
  },
  computesWithTensors: true,
  holdsOut: "heldOut",
  libraries: ["tokenizers", "quickjs", "re2js", "unicode"],
  asksPeople: ({ judge }: Settings) => judge === undefined,
  reads: modulesRead,
  runsCode: modulesRun,
  outputRows: (settings: Settings) => ({ train: choiceRows(settings), heldOut: choiceRows(settings) }),
});

/** A pair for each prompt, and a row for each choice. */
function choiceRows({ count, limit }: Settings): Rows {
  const most = Math.min(count ?? Infinity, limit ?? Infinity);
  if (most === Infinity) return "preference";
  return { kind: "preference", most, because: most === count ? "count" : "limit" };
}

function deadlineForPeople({ judge, deadline }: Settings): RuleProblem | undefined {
  if (judge === undefined || deadline === undefined) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["deadline"],
    message: "limits the wait for people, and cannot be combined with judge",
    next: "remove deadline, or judge",
  };
}

function peopleWithoutJudge({ judge, people }: Settings): RuleProblem | undefined {
  if (judge === undefined || people === 1) return undefined;
  return {
    code: "NOT_ALLOWED",
    at: ["people"],
    message: "is the number of people who choose, and cannot be combined with judge",
    next: "remove people, or judge",
  };
}
