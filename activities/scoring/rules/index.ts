import type { RuleKind, RuleSettings } from "../rule.js";
import { code } from "./code.js";
import { exact } from "./exact.js";
import { length } from "./length.js";
import { moduleRule } from "./module.js";
import { number } from "./number.js";
import { regex } from "./regex.js";

/** The table of rules: kind -> how it judges. One line a kind. */
export const rules = {
  number,
  exact,
  regex,
  code,
  module: moduleRule,
  length,
} satisfies { [K in RuleSettings["kind"]]: RuleKind };
