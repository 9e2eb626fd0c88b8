import type { Rule } from "../stage.js";
import type { StageWith } from "./index.js";
import { checkTableSource } from "./table-source.js";

/** Conditions over several fields of table-model's `with`. */
export const tableModelRules: readonly Rule<StageWith<"table-model">>[] = [
  { fields: ["data"], check: ({ data }) => checkTableSource(data, "data") },
];
