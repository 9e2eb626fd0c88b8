import { Type, type Static } from "@sinclair/typebox";
import { Artifact, Dataset, HeldOut, Shorthand } from "../fields/basic.js";
import { defineStage, metric, type RuleProblem } from "../stage.js";
import { learningRateRule, trainingFields } from "../fields/training.js";

/**
 * In an epoch, a source contributes its own number of rows times its weight: without weights each
 * row is read once, and the weight of one source does not change how much of another is read. The
 * resulting share of tokens is a metric.
 */
const source = Shorthand(
  "data",
  {
    data: Dataset(["instruction", "text"], "instruction–response rows, or prose: one text per row"),
    weight: Type.Number({
      minimum: 0,
      maximum: 1000,
      default: 1,
      description: "an epoch reads weight × the rows; 2: each twice; 0.1: a different tenth in every epoch; 0: none",
    }),
  },
  "training data: instruction–response rows, and prose against forgetting",
);

const settings = Type.Object({
  model: Artifact("model", "model to start from"),
  data: Type.Array(source, { minItems: 1 }),
  heldOut: Type.Array(HeldOut(Dataset(["instruction"], "rows for the held-out loss")), { default: [] }),
  epochs: Type.Number({
    exclusiveMinimum: 0,
    default: 3,
    description: "passes over the data; each source counts by its weight",
  }),
  ...trainingFields,
});
type Settings = Static<typeof settings>;

export const sft = defineStage({
  summary:
    "instruction fine-tuning: loss only on the response's tokens (for prose, on all), chat template, packed sequences",
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
    steps: metric("steps", "optimizer steps"),
    tokens: metric("tokens", "tokens that count in the loss: those of responses and of prose"),
    proseShare: metric("share", "share of prose among these tokens"),
    examples: metric("rows", "instruction–response rows to train on"),
    prose: metric("rows", "rows of prose to train on"),
    proseCut: metric("rows", "rows of prose cut into pieces because they are longer than a sequence"),
    tooLong: metric("rows", "examples left out because they are longer than a sequence"),
    heldOutTooLong: metric("rows", "held-out examples left out for the same reason"),
  },
  computesWithTensors: true,
  libraries: ["tokenizers"],
  heldOutOf: "data",
  learnsFrom: { model: ["model", "data"] },
});

function someWeight({ data }: Settings): RuleProblem | undefined {
  if (data.some(({ weight }) => weight > 0)) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["data"],
    message: "must have a weight > 0 in at least one entry, got 0 in all",
    next: "raise a weight, or remove it: the default is 1",
  };
}
