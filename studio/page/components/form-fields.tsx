import type { FormField } from "../../people-messages.js";
import { boundsText } from "../form-values.js";
import { Field } from "./fields.js";

/** Texts of fields by name. */
export type Texts = Readonly<Record<string, string>>;

interface FieldsProps {
  fields: readonly FormField[];
  texts: Texts;
  errors: Readonly<Record<string, string>>;
  /** The field that gets the focus first. */
  focused?: string;
  onChange: (name: string, text: string) => void;
}

/** The fields of a form, each as its schema has it. */
export function FormFields({ fields, texts, errors, focused, onChange }: FieldsProps) {
  return (
    <>
      {fields.map((field) => {
        const { name, description, isRequired } = field;
        const bounds = boundsText(field);
        const hint = [description, bounds].filter(Boolean).join("; ");
        return (
          <Field
            key={name}
            label={isRequired ? name : `${name} (optional)`}
            {...(hint !== "" && { hint })}
            {...(errors[name] !== undefined && { error: errors[name] })}
          >
            <Control
              field={field}
              text={texts[name] ?? ""}
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
  isFocused: boolean;
  isWrong: boolean;
  onChange: (text: string) => void;
}

function Control({ field, text, isFocused, isWrong, onChange }: ControlProps) {
  const { kind, name, options = [], isRequired } = field;
  const shared = { name, autofocus: isFocused, "aria-invalid": isWrong, ref: isFocused ? focusOnce : null };
  if (kind === "boolean" || kind === "options") {
    const values = kind === "boolean" ? ["true", "false"] : options.map((option) => JSON.stringify(option));
    const all = values.includes(text) || text === "" ? values : [text, ...values];
    return (
      <select {...shared} value={text} onChange={(event) => onChange(event.currentTarget.value)}>
        {(!isRequired || text === "") && <option value="">–</option>}
        {all.map((value) => (
          <option key={value} value={value}>
            {value.replace(/^"(.*)"$/, "$1")}
          </option>
        ))}
      </select>
    );
  }
  if (kind === "json" || text.includes("\n"))
    return (
      <textarea
        {...shared}
        class="mono"
        rows={Math.min(12, text.split("\n").length)}
        value={text}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <input
      {...shared}
      type="text"
      inputMode={kind === "text" ? "text" : "decimal"}
      autocomplete="off"
      value={text}
      onInput={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const focusedOnce = new WeakSet<Element>();

/** Gives the focus once: a later drawing must not take it back. */
function focusOnce(element: HTMLElement | null): void {
  if (element === null || focusedOnce.has(element)) return;
  focusedOnce.add(element);
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: "center" });
}
