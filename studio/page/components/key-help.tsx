import { useEffect, useRef } from "preact/hooks";
import { allKeys, keyNames } from "../keys.js";

/** What the keys of this view do. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="dialog" aria-label="Keys" onClose={onClose}>
      <h2>Keys</h2>
      <dl class="key-list">
        {allKeys().map(({ keys, label }) => (
          <div key={keys}>
            <dt>
              {keyNames(keys).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>esc</kbd>
          </dt>
          <dd>close, or leave a field</dd>
        </div>
      </dl>
      <div class="dialog-buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
