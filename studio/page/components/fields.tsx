import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { send } from "../send.js";
import { useAct } from "../use-act.js";
import { FailureNotice } from "./basics.js";

/**
 * A field with its label, and what is wrong with its value.
 * @public
 */
export function Field({ label, hint, error, children }: FieldProps) {
  return (
    <label class={error === undefined ? "field" : "field has-error"}>
      <span class="field-label">{label}</span>
      {children}
      {hint !== undefined && <span class="muted">{hint}</span>}
      {error !== undefined && <span class="is-bad">{error}</span>}
    </label>
  );
}

interface FieldProps {
  label: string;
  hint?: string;
  error?: string;
  children: ComponentChildren;
}

interface SelectProps {
  /** For screen readers; absent: a label stands around it. */
  label?: string;
  value: string;
  /** Values, and their texts if they are others. */
  options: readonly (string | readonly [value: string, text: string])[];
  onChange: (value: string) => void;
}

export const Select = ({ label, value, options, onChange }: SelectProps) => (
  <select aria-label={label} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
    {options
      .map((option) => (typeof option === "string" ? ([option, option] as const) : option))
      .map(([own, text]) => (
        <option key={own} value={own}>
          {text}
        </option>
      ))}
  </select>
);

/** A choice of a few that is a chip: pressed or not. */
export function Chip({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ComponentChildren }) {
  return (
    <button type="button" class="chip" aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  );
}

interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  /** What the button does, as a verb. */
  act: string;
  address: string;
  body?: unknown;
  /** What it does can be undone. */
  isHarmless?: boolean;
  onClose: () => void;
}

/** Asks before something is changed, sends it, and shows what came of it. */
export function Confirm({ title, children, act: name, address, body, isHarmless = false, onClose }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { busy, failure, act } = useAct();
  const confirm = (): void =>
    act("sending", async () => {
      await send(address, body);
      dialog.current?.close();
    });
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      {children}
      {failure && <FailureNotice failure={failure} />}
      <div class="dialog-buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
        <button
          type="button"
          class={isHarmless ? "is-main" : "is-danger"}
          disabled={busy !== undefined}
          onClick={confirm}
        >
          {busy === undefined ? name : "…"}
        </button>
      </div>
    </dialog>
  );
}
