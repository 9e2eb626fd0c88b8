import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Failure } from "../../messages.js";
import { failureOf, send } from "../send.js";
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

/** A choice of a few that is a chip: pressed or not. */
export function Chip({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: ComponentChildren }) {
  return (
    <button type="button" class="chip" aria-pressed={isOn} onClick={onClick}>
      {children}
    </button>
  );
}

/** What a button that changes something sends, and its state. */
export function useSending(): {
  isSending: boolean;
  failure?: Failure;
  start: (address: string, body?: unknown) => Promise<boolean>;
} {
  const [state, setState] = useState<{ isSending: boolean; failure?: Failure }>({ isSending: false });
  const start = async (address: string, body?: unknown): Promise<boolean> => {
    setState({ isSending: true });
    try {
      await send(address, body);
      setState({ isSending: false });
      return true;
    } catch (error) {
      setState({ isSending: false, failure: failureOf(error) });
      return false;
    }
  };
  return { ...state, start };
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
export function Confirm({ title, children, act, address, body, isHarmless = false, onClose }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { isSending, failure, start } = useSending();
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
          disabled={isSending}
          onClick={() => void start(address, body).then((done) => done && dialog.current?.close())}
        >
          {isSending ? "…" : act}
        </button>
      </div>
    </dialog>
  );
}
