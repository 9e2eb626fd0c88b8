import { Type } from "@sinclair/typebox";
import { Artifact, Duration } from "../fields.js";
import type { StageSchema } from "../stage.js";
import { samplingFields } from "./common.js";
import { judge, judgeMetrics } from "./scoring.js";

export const collectPreferences = {
  summary: "the model writes two responses to each prompt; a person, or a judge, says which is preferred",
  version: 2,
  usesTensors: true,
  with: Type.Object(
    {
      model: Artifact("model", "the model that writes"),
      prompts: Type.Array(Artifact("dataset", "instruction rows: the instruction is the prompt"), { minItems: 1 }),
      limit: Type.Optional(Type.Integer({ minimum: 1, description: "at most so many prompts" })),
      judge: Type.Optional(judge),
      count: Type.Optional(Type.Integer({ minimum: 1, description: "choices to make; default: one for each pair" })),
      deadline: Type.Optional(Duration("a person is waited for no longer than this; default: without end")),
      heldOut: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0,
        description: "share of preferences held out, by hash of the prompt",
      }),
      batchSize: Type.Integer({ minimum: 1, default: 16, description: "responses at once" }),
      ...samplingFields,
      temperature: Type.Number({ exclusiveMinimum: 0, default: 1, description: "the higher, the more they differ" }),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object({
    train: Artifact("dataset", "preferences to learn from"),
    heldOut: Artifact("dataset", "preferences never to learn from"),
    choices: Artifact("choices", "every pair as it was shown, the choice, and who chose"),
  }),
  metrics: {
    pairs: "pairs to choose between",
    chosen: "pairs of which one response is preferred",
    ties: "pairs judged equal; left out",
    bothBad: "pairs judged bad both; left out",
    unanswered: "pairs without a choice; left out",
    firstPlace: "share of preferred responses that were shown first; about a half without a bias for the place",
    trainRows: "preferences to learn from",
    heldOutRows: "preferences held out",
    tooLong: "prompts left out because they leave no room for a response",
    identical: "prompts left out because every response to them was the same",
    blank: "prompts left out because every response to them was blank",
    ...judgeMetrics,
  },
} satisfies StageSchema;
