import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset, Shorthand } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { learningRateRule, trainingFields } from "../fields/training.js";

/**
 * An epoch's rows of a source are in proportion to the source's own: a list without weights is all rows, each once, and no
 * source's weight changes how much of another one is read. The share of tokens that this makes is a metric.
 */
const source = Shorthand(
  "data",
  {
    data: Dataset(["instruction", "text"], "instruction–response rows, or prose: a text a row"),
    weight: Type.Number({
      minimum: 0,
      maximum: 1000,
      default: 1,
      description: "an epoch reads weight × the rows: 2 each twice, 0.1 another tenth in every epoch, 0 none",
    }),
  },
  "what to learn from: instruction–response rows, and prose against forgetting",
);

const settings = Type.Object(
  {
    model: Artifact("model", "the model to start from"),
    data: Type.Array(source, { minItems: 1 }),
    heldOut: Type.Array(Dataset(["instruction"], "rows to measure the loss on"), { default: [] }),
    epochs: Type.Number({
      exclusiveMinimum: 0,
      default: 3,
      description: "times through the data, each as often as its weight says",
    }),
    ...trainingFields,
  },
  { additionalProperties: false },
);
type Settings = Static<typeof settings>;

export const sft = defineStage({
  summary:
    "instruction fine-tuning: loss on the response's tokens only (of prose on all), chat template, packed sequences",
  example: `
chat:
  uses: sft
  with:
    model: \${{ stages.base.outputs.model }}
    data:
      - \${{ stages.questions.outputs.train }}
      - { data: "\${{ stages.text.outputs.train }}", weight: 0.1 } # against forgetting
    heldOut: ["\${{ stages.questions.outputs.heldOut }}"]
    epochs: 5
`,
  version: 4,
  with: settings,
  rules: [learningRateRule, { fields: ["data.*.weight"], check: someWeight }],
  outputs: Type.Object({ model: Artifact("model", "the fine-tuned model") }),
  metrics: {
    heldOutLoss: metric("nats/token", "held-out loss at the end"),
    loss: metric("nats/token", "training loss of the last steps"),
    steps: metric("steps", "updates made"),
    tokens: metric("tokens", "tokens that counted in the loss: those of responses and of prose"),
    proseShare: metric("share", "share of prose among these tokens"),
    examples: metric("rows", "instruction–response rows to learn from"),
    prose: metric("rows", "rows of prose to learn from"),
    proseCut: metric("rows", "rows of prose cut into pieces because they are longer than a sequence"),
    tooLong: metric("rows", "examples left out because they are longer than a sequence"),
    heldOutTooLong: metric("rows", "held-out examples left out for the same reason"),
  },
  computesWithTensors: true,
  libraries: ["tokenizers"],
  writesOutsideStore: false,
  isBrief: false,
  requestsChoices: false,
  reads: [],
  unpinned: [],
  runsCode: [],
  rowsOf: {},
  learnsFrom: { model: ["model", "data"] },
});

function someWeight({ data }: Settings): RuleProblem | undefined {
  if (data.some(({ weight }) => weight > 0)) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["data"],
    message: "must have a weight > 0 in one entry at least, got 0 in all",
    next: "raise a weight, or leave it out: it is 1 then",
  };
}
