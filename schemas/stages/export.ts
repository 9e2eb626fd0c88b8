import { Type } from "@sinclair/typebox";
import { unwritableReason } from "../../platform/containment.js";
import { Artifact, RelativePath } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";

const settings = Type.Object(
  {
    model: Type.Optional(Artifact("model", "the model to export")),
    rewardModel: Type.Optional(Artifact("reward-model", "or the reward model to export")),
    to: RelativePath({
      description:
        "a directory below the project directory; replaced only where an export made it and nothing else is in it",
    }),
  },
  { additionalProperties: false },
);

export const exportModel = defineStage({
  summary: "writes a model, or a reward model, as a Hugging Face directory (transformers loads it; llama.cpp a model)",
  example: `
exported:
  uses: export
  with:
    model: \${{ stages.reasoned.outputs.model }}
    to: exports/reasoned
`,
  version: 2,
  with: settings,
  rules: [
    {
      fields: ["model", "rewardModel"],
      check({ model, rewardModel }) {
        if ((model === undefined) !== (rewardModel === undefined)) return undefined;
        return {
          code: model === undefined ? "MISSING_KEY" : "NOT_ALLOWED",
          at: ["model"],
          message: `must be given, or rewardModel, and not both`,
          next: "give one export stage to each",
        };
      },
    },
    {
      // PAWL_HOME, .git, code and their like hold what no export may replace: said before anything is trained.
      fields: ["to"],
      check({ to }) {
        const reason = unwritableReason(to);
        if (reason === undefined) return undefined;
        return {
          code: "NOT_ALLOWED",
          at: ["to"],
          message: `must not be ${to}: ${reason}`,
          next: "name another directory, for example exports/my-model",
        };
      },
    },
  ],
  outputs: Type.Object({
    model: Type.Optional(Artifact("model", "the exported model")),
    rewardModel: Type.Optional(Artifact("reward-model", "the exported reward model")),
  }),
  metrics: {
    bytes: metric("bytes", "size of the directory"),
  },
  computesWithTensors: false,
  libraries: [],
  writesOutsideStore: true,
  isBrief: false,
  requestsChoices: false,
  reads: [],
  unpinned: [],
  runsCode: [],
  rowsOf: {},
  learnsFrom: { model: ["model"], rewardModel: ["rewardModel"] },
});
