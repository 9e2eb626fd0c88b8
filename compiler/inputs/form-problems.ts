import type { ValidateFunction } from "ajv";
import type { Json } from "../../platform/json.js";
import { append } from "../../platform/lists.js";
import { longDurations } from "../definition/durations.js";
import { pathProblems } from "../definition/paths.js";
import type { Problem } from "../problem.js";
import type { Path, Schema } from "../schema/schema.js";
import { schemaProblems } from "../schema/schema-errors.js";

// The process of a project's own stage loads this file, and starts twice as fast without the
// built-in stages.

/** The parts of `with` that are unknown before the run. */
export interface Unknowns {
  /**
   * Whether the value at a path inside `with`, or around it, is unknown; `*` stands for every index
   * of a list.
   */
  covers: (path: Path) => boolean;
  /** Reduces a problem to what is known. Returns undefined if nothing of it is known. */
  revise: (problem: Problem) => Problem | undefined;
}
export const nothingUnknown: Unknowns = { covers: () => false, revise: (problem) => problem };

/** The form of a stage's settings, and its check, which fills in defaults. */
export interface SettingsForm {
  form: Schema;
  validate: ValidateFunction;
}

/**
 * What does not fit a form. Defaults are filled into `value`.
 * @param prefix as for `withProblems`
 */
export function problemsOfForm(
  value: Json,
  prefix: Path,
  { form, validate }: SettingsForm,
  unknowns = nothingUnknown,
): Problem[] {
  const found = validate(value) ? [] : schemaProblems(validate.errors ?? [], value, form, prefix);
  const problems = found.map(unknowns.revise).filter((problem) => problem !== undefined);
  append(problems, pathProblems(value, form, prefix));
  append(problems, longDurations(value, form, prefix));
  return problems;
}
