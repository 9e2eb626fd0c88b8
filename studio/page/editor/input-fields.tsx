import type { LocatedError } from "../../../compiler/errors.js";
import type { JsonObject } from "../../../platform/json.js";
import type { FormField } from "../../people-messages.js";
import { Field } from "../components/fields.js";
import { FormFields, type Texts } from "../components/form-fields.js";
import { fieldText, inputValue } from "../form-values.js";

/**
 * What somebody has typed for a start: texts of inputs by name, and a seed; empty: left to the
 * definition.
 */
export interface TypedInputs {
  texts: Texts;
  seed: string;
}

interface InputFieldsProps {
  /** Undefined until they are known. */
  fields: readonly FormField[] | undefined;
  typed: TypedInputs;
  /** The values of a forked run. */
  given: JsonObject | undefined;
  errors: readonly LocatedError[];
  onChange: (typed: TypedInputs) => void;
}

/** The inputs of a definition, and the seed. */
export const InputFields = ({ fields, typed, given, errors, onChange }: InputFieldsProps) => (
  <section class="panel">
    <h2>Inputs</h2>
    {fields?.length === 0 && <p class="muted">This pipeline has no inputs.</p>}
    <div class="input-fields">
      <FormFields
        fields={fields ?? []}
        texts={typed.texts}
        usual={usualTexts(fields ?? [], given)}
        errors={inputErrors(fields ?? [], errors)}
        onChange={(name, text) => onChange({ ...typed, texts: { ...typed.texts, [name]: text } })}
      />
    </div>
    <Field label="Seed" hint="of all random numbers">
      <input
        type="number"
        min="0"
        value={typed.seed}
        placeholder="as the definition has it"
        onInput={({ currentTarget }) => onChange({ ...typed, seed: currentTarget.value })}
      />
    </Field>
  </section>
);

/** The inputs that are set; the others are left to their defaults. */
export const parseInputs = (fields: readonly FormField[], texts: Texts): JsonObject =>
  Object.fromEntries(
    fields.flatMap((field) => (texts[field.name] ? [[field.name, inputValue(texts[field.name]!, field)]] : [])),
  );

/** What inputs have that are not set. @param given the values of a forked run */
const usualTexts = (fields: readonly FormField[], given: JsonObject = {}): Texts =>
  Object.fromEntries(
    fields.flatMap((field) => {
      const value = given[field.name] ?? field.default;
      return value === undefined ? [] : [[field.name, fieldText(value, field)]];
    }),
  );

const inputErrors = (fields: readonly FormField[], errors: readonly LocatedError[]): Texts =>
  Object.fromEntries(
    fields.flatMap(({ name }) => {
      const place = `inputs.${name}`;
      const error = errors.find(({ message }) => message.startsWith(place));
      return error ? [[name, error.message.slice(place.length).replace(/^:? /, "")]] : [];
    }),
  );
