import { exactMatch } from "../../../lm/train/metrics.js";
import type { RuleKind } from "../rule.js";

/** Equal to the reference, ignoring case and white space. */
export const exact: RuleKind = {
  needsReference: () => true,
  inProcess: false,
  open: () => (row) => (exactMatch(row.response, row.reference!) ? 1 : 0),
};
