import type { Rule, RuleProblem } from "../stage.js";
import type { FeatureName } from "./graph-featurize.js";
import type { StageWith } from "./index.js";
import { checkTableSource } from "./table-source.js";

type Settings = StageWith<"graph-featurize">;

/** Conditions over several fields of graph-featurize's `with`. */
export const graphFeaturizeRules: readonly Rule<Settings>[] = [
  { fields: ["nodes"], check: ({ nodes }) => checkTableSource(nodes, "nodes") },
  { fields: ["edges"], check: ({ edges }) => checkTableSource(edges, "edges") },
  { fields: ["nodePairs"], check: ({ nodePairs }) => nodePairs && checkTableSource(nodePairs, "nodePairs") },
  { fields: ["features", "neighbours"], check: attributesBelong },
  { fields: ["features", "personalise"], check: personaliseBelongs },
  { fields: ["features", "columns"], check: strengthNeedsWeights },
  { fields: ["paths", "columns"], check: lengthsNeedWeights },
];

function personaliseBelongs({ features, personalise }: Settings): RuleProblem | undefined {
  const asked = has(features, "personalised-pagerank");
  if (asked === personalise.length > 0) return undefined;
  return {
    code: asked ? "MISSING_KEY" : "NOT_ALLOWED",
    at: ["personalise"],
    message: asked ? "must name the nodes that personalised-pagerank starts from" : "goes with personalised-pagerank",
    next: asked ? "add personalise: [id, …]" : "add personalised-pagerank to features, or remove personalise",
  };
}

function attributesBelong({ features, neighbours }: Settings): RuleProblem | undefined {
  const asked = has(features, "neighbours");
  if (asked === neighbours.length > 0) return undefined;
  return {
    code: asked ? "MISSING_KEY" : "NOT_ALLOWED",
    at: ["neighbours"],
    message: asked ? "must name the attributes to aggregate" : "goes with the feature neighbours",
    next: asked ? "add neighbours: [{ attribute: … }]" : "add neighbours to features, or remove neighbours",
  };
}

function strengthNeedsWeights({ features, columns }: Settings): RuleProblem | undefined {
  if (!has(features, "strength") || columns.weight !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["columns"],
    message: "must name the weight that strength sums up",
    next: "add columns: { weight: … }, or remove strength",
  };
}

function lengthsNeedWeights({ paths, columns }: Settings): RuleProblem | undefined {
  if (paths === "hops" || columns.weight !== undefined) return undefined;
  return {
    code: "MISSING_KEY",
    at: ["columns"],
    message: "must name the weight that is an edge's length",
    next: "add columns: { weight: … }, or say paths: hops",
  };
}

const has = (features: readonly FeatureName[], name: FeatureName): boolean => features.includes(name);
