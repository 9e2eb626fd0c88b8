import type { FormField } from "../../people-messages.js";
import { boundsText } from "../form-values.js";
import { Field } from "./fields.js";

/** Texts of fields by name. */
export type Texts = Readonly<Record<string, string>>;

interface FieldsProps {
  fields: readonly FormField[];
  texts: Texts;
  errors: Texts;
  /** Of inputs: what a field that is empty stands for. Their values cannot be expressions. */
  usual?: Texts;
  /** The field that gets the focus first. */
  focused?: string;
  onChange: (name: string, text: string) => void;
}

/** The fields of a form, each as its schema has it. */
export function FormFields({ fields, texts, errors, usual, focused, onChange }: FieldsProps) {
  return (
    <>
      {fields.map((field) => {
        const { name, description, isRequired } = field;
        const bounds = boundsText(field);
        const hint = [description, bounds].filter(Boolean).join("; ");
        return (
          <Field
            key={name}
            label={isRequired || usual ? name : `${name} (optional)`}
            {...(hint !== "" && { hint })}
            {...(errors[name] !== undefined && { error: errors[name] })}
          >
            <Control
              field={field}
              text={texts[name] ?? ""}
              {...(usual && { usual: usual[name] ?? null })}
              isFocused={focused === name}
              isWrong={errors[name] !== undefined}
              onChange={(text) => onChange(name, text)}
            />
          </Field>
        );
      })}
    </>
  );
}

interface ControlProps {
  field: FormField;
  text: string;
  /** Of an input; null: it has no default. */
  usual?: string | null;
  isFocused: boolean;
  isWrong: boolean;
  onChange: (text: string) => void;
}

function Control({ field, text, usual, isFocused, isWrong, onChange }: ControlProps) {
  const { kind, name, options = [], isRequired } = field;
  const shared = { name, autofocus: isFocused, "aria-invalid": isWrong, ref: isFocused ? focusOnce : null };
  if (kind === "boolean" || kind === "options") {
    const values = kind === "boolean" ? ["true", "false"] : options.map((option) => JSON.stringify(option));
    const all = values.includes(text) || text === "" ? values : [text, ...values];
    const none = usual === undefined ? "–" : usual === null ? "choose…" : `${optionText(usual)} (unchanged)`;
    return (
      <select {...shared} value={text} onChange={(event) => onChange(event.currentTarget.value)}>
        {(!isRequired || usual !== undefined || text === "") && <option value="">{none}</option>}
        {all.map((value) => (
          <option key={value} value={value}>
            {optionText(value)}
          </option>
        ))}
      </select>
    );
  }
  const placeholder = usual === null ? "required" : usual;
  if (kind === "json" || text.includes("\n"))
    return (
      <textarea
        {...shared}
        class="mono"
        placeholder={placeholder}
        rows={Math.min(12, (text || (placeholder ?? "")).split("\n").length)}
        value={text}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <input
      {...shared}
      {...(usual !== undefined && kind !== "text" ? numberOnly(field) : { type: "text" as const })}
      inputMode={kind === "text" ? "text" : "decimal"}
      autocomplete="off"
      placeholder={placeholder}
      value={text}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const optionText = (value: string): string => value.replace(/^"(.*)"$/, "$1");

/** Bounds as the browser knows them. */
const numberOnly = ({ kind, minimum, maximum }: FormField) => ({
  type: "number" as const,
  step: kind === "integer" ? 1 : "any",
  ...(minimum !== undefined && { min: minimum }),
  ...(maximum !== undefined && { max: maximum }),
});

const focusedOnce = new WeakSet<Element>();

/** Sets the focus once: later renders must not move it back. */
function focusOnce(element: HTMLElement | null): void {
  if (element === null || focusedOnce.has(element)) return;
  focusedOnce.add(element);
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
}
