import type { LocatedError } from "../../../compiler/errors.js";
import { isObject, type Json, type JsonObject } from "../../../platform/json.js";
import { Field } from "../components/fields.js";

interface InputFieldsProps {
  /** JSON Schemas by name. */
  schemas: JsonObject;
  /** Values that are set; the others have their default. */
  values: JsonObject;
  /** What the other inputs have instead of their default: the values of a forked run. */
  given?: JsonObject;
  errors: readonly LocatedError[];
  onChange: (values: JsonObject) => void;
}

/** The inputs of a pipeline as a form, each field of the type of its schema. An empty field leaves an input to its default. */
export function InputFields({ schemas, values, given = {}, errors, onChange }: InputFieldsProps) {
  const names = Object.keys(schemas);
  if (names.length === 0) return <p class="muted">This pipeline has no inputs.</p>;
  const set = (name: string, value: Json | undefined): void => {
    const { [name]: _before, ...others } = values;
    onChange(value === undefined ? others : { ...others, [name]: value });
  };
  return (
    <div class="input-fields">
      {names.map((name) => {
        const schema = isObject(schemas[name]) ? schemas[name] : {};
        const description = schema["description"];
        const error = errors.find(({ message }) => message.startsWith(`inputs.${name}`));
        return (
          <Field
            key={name}
            label={name}
            {...(typeof description === "string" && { hint: description })}
            {...(error && { error: `${error.message.replace(`inputs.${name}`, "").replace(/^:? /, "")}` })}
          >
            <Control
              schema={schema}
              value={values[name]}
              usual={given[name] ?? schema["default"]}
              onChange={(value) => set(name, value)}
            />
          </Field>
        );
      })}
    </div>
  );
}

interface ControlProps {
  schema: JsonObject;
  value: Json | undefined;
  usual: Json | undefined;
  onChange: (value: Json | undefined) => void;
}

function Control({ schema, value, usual, onChange }: ControlProps) {
  const { type } = schema;
  const choices = Array.isArray(schema["enum"]) ? schema["enum"] : type === "boolean" ? [true, false] : undefined;
  if (choices !== undefined)
    return (
      <select
        value={value === undefined ? "" : JSON.stringify(value)}
        onChange={({ currentTarget }) =>
          onChange(currentTarget.value === "" ? undefined : (JSON.parse(currentTarget.value) as Json))
        }
      >
        <option value="">{usual === undefined ? "choose…" : `${textOf(usual)} (unchanged)`}</option>
        {choices.map((choice) => (
          <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>
            {textOf(choice)}
          </option>
        ))}
      </select>
    );
  const shown = {
    value: value === undefined ? "" : textOf(value),
    placeholder: usual === undefined ? "required" : textOf(usual),
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement }): void =>
      onChange(valueOf(currentTarget.value, type)),
  };
  return type === "number" || type === "integer" ? (
    <input type="number" step={type === "integer" ? "1" : "any"} {...boundsOf(schema)} {...shown} />
  ) : (
    <input {...shown} />
  );
}

/** Bounds as the browser knows them; the compiler checks all. */
function boundsOf({ minimum, maximum }: JsonObject): { min?: number; max?: number } {
  return {
    ...(typeof minimum === "number" && { min: minimum }),
    ...(typeof maximum === "number" && { max: maximum }),
  };
}

const textOf = (value: Json): string => (typeof value === "string" ? value : JSON.stringify(value));

/** What somebody has typed, in the type of the schema; a text that is no such value goes to the compiler, which says so. */
function valueOf(text: string, type: Json | undefined): Json | undefined {
  if (text === "") return undefined;
  if (type === "string") return text;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
