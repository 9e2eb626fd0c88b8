import { useState } from "preact/hooks";
import type { ChoiceView } from "../../people-messages.js";
import { send } from "../send.js";
import { useAct } from "../use-act.js";
import { FailureNotice, Note } from "./basics.js";
import { DataLink } from "./data-link.js";
import { Confirm } from "./fields.js";

interface MenuProps {
  view: ChoiceView;
  /** Absent if there is nothing to undo, or where its button stands already. */
  onUndo: (() => void) | undefined;
  onChanged: () => void;
}

/**
 * What can be done with all choices of a stage: take them out, bring some in, close the request.
 */
export function ChoiceMenu({ view, onUndo, onChanged }: MenuProps) {
  const { run, stage, isClosed, shown: shownPair, person } = view;
  const [isClosing, setClosing] = useState(false);
  const { failure, act } = useAct();
  const [imported, setImported] = useState<string>();
  const base = `/api/runs/${encodeURIComponent(run)}/choices/${encodeURIComponent(stage)}`;
  const importFile = (input: HTMLInputElement): void => {
    const file = input.files?.[0];
    if (file === undefined) return;
    act("import", async () => {
      const text = await file.text();
      input.value = "";
      const { read, made } = await send<{ read: number; made: number }>(`${base}/import`, { person, text });
      setImported(`${made} of ${read} choices of ${file.name} made`);
      onChanged();
    });
  };
  return (
    <section class="choose-menu" aria-label="All choices">
      {failure && <FailureNotice failure={failure} title="The file was not imported." />}
      {imported !== undefined && <Note>{imported}</Note>}
      <p class="links">
        {!isClosed && shownPair === undefined && onUndo !== undefined && (
          <button type="button" class="quiet" onClick={onUndo}>
            Undo
          </button>
        )}
        <DataLink href={`${base}/export?format=label-studio`} isFile>
          Export for Label Studio
        </DataLink>
        <DataLink href={`${base}/export?format=jsonl`} isFile>
          Export chosen / rejected (JSONL)
        </DataLink>
        {!isClosed && (
          <>
            <label class="file">
              Import…
              <input
                type="file"
                accept=".json,.jsonl,application/json"
                onChange={(event) => importFile(event.currentTarget)}
              />
            </label>
            <button type="button" class="quiet" onClick={() => setClosing(true)}>
              Close the request…
            </button>
          </>
        )}
      </p>
      {isClosing && <Closing view={view} base={base} onClose={() => (setClosing(false), onChanged())} />}
    </section>
  );
}

function Closing({ view: { person, chosen, target }, base, onClose }: ClosingProps) {
  return (
    <Confirm title="Close the request?" act="Close it" address={`${base}/close`} body={{ person }} onClose={onClose}>
      <p>
        The run continues with the choices made so far: {chosen} of {target}.
      </p>
    </Confirm>
  );
}

interface ClosingProps {
  view: ChoiceView;
  base: string;
  onClose: () => void;
}
