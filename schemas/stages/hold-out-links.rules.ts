import type { Rule } from "../stage.js";
import type { StageWith } from "./index.js";
import { checkTableSource } from "./table-source.js";

/** Conditions over several fields of hold-out-links's `with`. */
export const holdOutLinksRules: readonly Rule<StageWith<"hold-out-links">>[] = [
  { fields: ["edges"], check: ({ edges }) => checkTableSource(edges, "edges") },
];
