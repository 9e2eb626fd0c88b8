import type { ValidateFunction } from "ajv";
import { PawlError } from "../../platform/errors.js";
import type { Json, JsonObject } from "../../platform/json.js";
import { append } from "../../platform/lists.js";
import { stageDefinitions, type StageType, type StageWith } from "../../schemas/stages/index.js";
import { withForm } from "../schema/forms.js";
import { validateWith } from "../generated/validators.js";
import { pathText, type Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";
import { withoutShorthands } from "../definition/shorthand.js";
import { nothingUnknown, problemsOfForm, type SettingsForm, type Unknowns } from "./form-problems.js";

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
