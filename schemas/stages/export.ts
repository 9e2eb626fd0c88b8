import { Type } from "@sinclair/typebox";
import { unwritableReason } from "../../platform/containment.js";
import { Artifact, RelativePath } from "../fields/basic.js";
import { defineStage, metric } from "../stage.js";

const settings = Type.Object({
  model: Type.Optional(Artifact("model", "model to export")),
  rewardModel: Type.Optional(Artifact("reward-model", "reward model to export, instead of model")),
  to: RelativePath({
    description: "directory below the project directory; replaced only if an export wrote it and nothing else is in it",
  }),
});

export const exportModel = defineStage({
  summary: "writes a model or a reward model as a Hugging Face directory, for transformers (and a model for llama.cpp)",
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
          message: `or rewardModel must be set, but not both`,
          next: "set one of the two; use a separate export stage for each",
        };
      },
    },
    {
      // An export must not replace PAWL_HOME, .git, code and the like: reported before anything is
      // trained.
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
  writesOutsideStore: true,
  learnsFrom: { model: ["model"], rewardModel: ["rewardModel"] },
});
