import type { Rule } from "../stage.js";
import type { StageWith } from "./index.js";
import { checkTableSource } from "./table-source.js";

/** Conditions over several fields of graph-featurize's `with`. */
export const graphFeaturizeRules: readonly Rule<StageWith<"graph-featurize">>[] = [
  { fields: ["accounts"], check: ({ accounts }) => checkTableSource(accounts, "accounts") },
  { fields: ["followers"], check: ({ followers }) => checkTableSource(followers, "followers") },
];
