import type { ValidateFunction } from "ajv";
import { PawlError } from "../../platform/errors.js";
import type { Json, JsonObject } from "../../platform/json.js";
import { append } from "../../platform/lists.js";
import { stageDefinitions, type StageType, type StageWith } from "../../schemas/stages/index.js";
import { longDurations } from "../definition/durations.js";
import { withForm } from "../schema/forms.js";
import { validateWith } from "../generated/validators.js";
import { pathProblems } from "../definition/paths.js";
import { pathText, type Problem } from "../problem.js";
import type { Path, Schema } from "../schema/schema.js";
import { schemaProblems } from "../schema/schema-errors.js";
import { withoutShorthands } from "../definition/shorthand.js";

/**
 * Checks a `with` whose expressions are all resolved, before a stage receives it.
 * @param where the stage, as errors name it: "stages.tok (tokenize)"
 * @returns the same with defaults filled in
 * @throws PawlError with the code of the first problem; the message lists all of them
 */
export function checkWith<T extends StageType>(
  uses: T,
  value: JsonObject,
  where = `a stage of type ${uses}`,
): StageWith<T> {
  const settings: unknown = structuredClone(withoutShorthands(value, withForm(uses)));
  const problems = withProblems(uses, settings as Json, []);
  const isWith: ValidateFunction<StageWith<T>> = validateWith[uses];
  refuseProblems(problems, where);
  if (isWith(settings)) return settings;
  throw new PawlError("INTERNAL", `${where}: the settings fail a check that they passed before`);
}

/**
 * Refuses settings that have problems.
 * @param where the stage, as errors name it
 * @throws PawlError with the code of the first problem; the message lists all of them
 */
export function refuseProblems(problems: readonly Problem[], where: string): void {
  const [first] = problems;
  if (first === undefined) return;
  const message = problems.map(({ path, message: text }) => `${pathText(["with", ...path])} ${text}`);
  throw new PawlError(first.code, message.join("; "), {
    where,
    ...(first.expected === undefined ? {} : { expected: first.expected }),
    ...(first.got === undefined ? {} : { got: first.got }),
    next: first.next,
  });
}

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
const nothingUnknown: Unknowns = { covers: () => false, revise: (problem) => problem };

/** The form of a stage's settings, and its check, which fills in defaults. */
export interface SettingsForm {
  form: Schema;
  validate: ValidateFunction;
}

/** The form of the settings of a type of stage. */
export function formOfType(uses: StageType): SettingsForm {
  return { form: withForm(uses), validate: validateWith[uses] };
}

/**
 * What is wrong with a `with`. Defaults are filled into `value`.
 * @param value without shorthands
 * @param prefix where it is in the definition; paths of problems begin with it
 */
export function withProblems(
  uses: StageType,
  value: Json,
  prefix: Path,
  unknowns = nothingUnknown,
  form: SettingsForm = formOfType(uses),
): Problem[] {
  const problems = problemsOfForm(value, prefix, form, unknowns);
  if (problems.length === 0) append(problems, ruleProblems(uses, value, prefix, unknowns));
  return problems;
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

/**
 * A rule is checked only if all its fields are known, so that expressions elsewhere in `settings`
 * do no harm.
 */
function ruleProblems<T extends StageType>(uses: T, settings: Json, prefix: Path, unknowns: Unknowns): Problem[] {
  return stageDefinitions[uses].rules.flatMap((rule) => {
    if (rule.fields.some((field) => unknowns.covers(field.split(".")))) return [];
    const found = rule.check(settings as unknown as StageWith<T>);
    if (found === undefined) return [];
    return [{ code: found.code, path: [...prefix, ...found.at], message: found.message, next: found.next }];
  });
}
