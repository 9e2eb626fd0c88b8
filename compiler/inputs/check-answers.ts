import { PawlError } from "../../platform/errors.js";
import type { JsonObject } from "../../platform/json.js";
import { checkInputs } from "./inputs.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";

/** A form in a definition: fields by name, each a JSON Schema. */
export interface PlacedForm {
  form: JsonObject;
  path: Path;
}

/** What is wrong with the schemas and defaults of forms. */
export async function formProblems(forms: readonly PlacedForm[]): Promise<Problem[]> {
  const found = forms.map(async ({ form, path }) => {
    const { problems } = await checkInputs({ inputs: form }, undefined);
    return problems.map((problem) => ({ ...problem, path: [...path, ...problem.path.slice(1)] }));
  });
  return (await Promise.all(found)).flat();
}

/**
 * Checks what a person has filled in.
 * @returns the same with defaults filled in
 * @throws PawlError INPUT_INVALID with everything that does not fit
 */
export async function checkAnswers(request: {
  stage: string;
  form: JsonObject;
  answers: JsonObject;
}): Promise<JsonObject> {
  const { stage, form, answers } = request;
  const { values, problems } = await checkInputs({ inputs: form }, answers);
  if (problems.length === 0) return values;
  const messages = problems.map(({ path, message }) => `${path.slice(1).join(".") || "the form"} ${message}`);
  const fields = Object.keys(form);
  throw new PawlError("INPUT_INVALID", messages.join("; "), {
    where: `stages.${stage}`,
    expected: fields.length === 0 ? "no fields" : `the fields ${fields.join(", ")}, as the form describes them`,
    next: "pawl approve RUN shows the form; set a field with --set NAME=VALUE",
  });
}
