import { codePoints } from "../../../lm/train/trivial-rules.js";
import type { RuleKind } from "../rule.js";

/** Characters of the response (code points). */
export const length: RuleKind = {
  needsReference: () => false,
  inProcess: false,
  open: () => (row) => codePoints(row.response),
};
