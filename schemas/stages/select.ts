import { Type, type Static } from "@sinclair/typebox";
import type { ArtifactKind } from "../artifact.js";
import { AnyArtifact, idPattern, StringEnum } from "../fields/basic.js";

import { defineStage, metric, type RuleProblem } from "../stage.js";

const settings = Type.Object({
  from: Type.Record(
    Type.String({ pattern: idPattern }),
    Type.Array(
      Type.Unsafe<{ artifact: ArtifactKind; digest: string } | null>({
        ...AnyArtifact("an artifact, or null for a combination without one"),
        type: ["object", "null"],
      }),
      { minItems: 1, description: "an output of a matrix: one artifact for each combination" },
    ),
    { additionalProperties: false, minProperties: 1, description: "what to choose from, by the name of an output" },
  ),
  by: Type.Array(Type.Unsafe<number | null>({ type: ["number", "null"] }), {
    minItems: 1,
    description: "a metric of the matrix: one number for each combination",
  }),
  prefer: StringEnum(["lowest", "highest"], { description: "which number is the best; of equal ones, the first" }),
});
type Settings = Static<typeof settings>;

export const select = defineStage({
  summary: "takes the best combination of a matrix, by a metric",
  example: `
vocabularies:
  uses: tokenize
  matrix: { size: [300, 600] }
  with:
    train: ["\${{ stages.text.outputs.train }}"]
    vocabularySize: \${{ matrix.size }}
shortest:
  uses: select
  with:
    from: { tokenizer: "\${{ stages.vocabularies.outputs.tokenizer }}" }
    by: \${{ stages.vocabularies.metrics.bytesPerToken }}
    prefer: highest
`,
  version: 1,
  with: settings,
  rules: [
    { fields: ["from", "by"], check: sameLength },
    { fields: ["from", "by"], check: nothingToChoose },
  ],
  outputs: Type.Object({}),
  metrics: {
    value: metric("1", "the best number"),
    combination: metric("1", "the number of the combination that has it, from 1"),
    candidates: metric("1", "combinations with a number and all artifacts"),
  },
  declaredIn: { outputs: "from" },
  passesThrough: true,
  isBrief: true,
});

/** The combinations that can be chosen, from 0: those with a number and all artifacts. */
export function listCandidates({ from, by }: Pick<Settings, "from" | "by">): number[] {
  return [...by.keys()].filter((i) => by[i] !== null && Object.values(from).every((list) => list[i] !== null));
}

function sameLength({ from, by }: Settings): RuleProblem | undefined {
  const other = Object.entries(from).find(([, list]) => list.length !== by.length);
  if (other === undefined) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["from", other[0]],
    message: `must have as many entries as by (${by.length}), got ${other[1].length}`,
    next: "take artifacts and numbers from the same matrix",
  };
}

function nothingToChoose(given: Settings): RuleProblem | undefined {
  if (listCandidates(given).length > 0) return undefined;
  return {
    code: "OUT_OF_RANGE",
    at: ["by"],
    message: "must have a number for a combination with all artifacts, got none",
    next: "look at why the combinations ended without: pawl status",
  };
}
