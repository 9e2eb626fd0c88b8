import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Sign } from "../../../report/components/sign.js";
import { FailureNotice, Note } from "../components/basics.js";
import { useAct } from "../use-act.js";
import type { CodeEditor } from "./code-editor.js";
import { CodeField } from "./code-field.js";
import { DefinitionGraph } from "./definition-graph.js";
import { ForkFields } from "./fork-fields.js";
import { InputFields } from "./input-fields.js";
import { PlanPanel } from "./plan-panel.js";
import { Problems } from "./problems.js";
import { useDefinition, type EditedDefinition } from "./use-definition.js";

interface DefinitionEditorProps extends EditedDefinition {
  /** Content above the editor, left of its buttons. */
  heading: ComponentChildren;
}

/**
 * A definition with everything that is known about it: mistakes, graph, inputs, plan; and its
 * start.
 */
export function DefinitionEditor({ heading, ...edited }: DefinitionEditorProps) {
  const { file, text: saved, fork, save } = edited;
  const definition = useDefinition(edited);
  const { text, setText, check, plan, isSound } = definition;
  const { busy, failure, act } = useAct();
  const editor = useRef<CodeEditor>(undefined);
  const start = (): void => act("starting", definition.start);
  const store = (): void => save && act("saving", () => save(text));
  return (
    <>
      <div class="heading">
        {heading}
        <Unsaved isChanged={text !== saved} />
        <span class="grow" />
        {text !== saved && saved !== "" && (
          <button type="button" onClick={() => (editor.current?.setText(saved), setText(saved))}>
            Revert
          </button>
        )}
        {save && (
          <button type="button" disabled={text === saved || busy !== undefined} onClick={store}>
            {busy === "saving" ? "Saving…" : "Save"}
          </button>
        )}
        <button type="button" class="is-main" disabled={!isSound || busy !== undefined} onClick={start}>
          {busy === "starting" ? "Starting…" : fork ? "Start the fork" : "Start"}
        </button>
      </div>
      {failure && <FailureNotice failure={failure} />}
      {definition.isOutdated && <Note>The definition has changed since this text was begun: Revert shows it.</Note>}
      <div class="editor">
        <div class="editor-main">
          <section class="panel code-panel" aria-label="Definition">
            <CodeField
              {...{ label: `Definition of ${file}`, text, check: check.value, editor }}
              onChange={setText}
              onSave={store}
              onStart={() => isSound && start()}
            />
            <Problems check={check} onOpen={({ line, column }) => editor.current?.goTo(line, column)} />
          </section>
          <PlanPanel {...{ plan, check: check.value, isSound }} />
        </div>
        <Side {...{ definition, fork }} onOpen={(line) => editor.current?.goTo(line)} />
      </div>
    </>
  );
}

const Unsaved = ({ isChanged }: { isChanged: boolean }) => (
  <span class="muted" role="status">
    {isChanged && (
      <>
        <Sign shape="disc" /> not saved
      </>
    )}
  </span>
);

interface SideProps {
  definition: ReturnType<typeof useDefinition>;
  fork: EditedDefinition["fork"];
  onOpen: (line: number) => void;
}

/** What is set for a start, and the graph. */
function Side({ definition, fork, onOpen }: SideProps) {
  const { check, plan, options, setOptions, declared, typed, setTyped } = definition;
  const { stages = [], errors = [] } = check.value ?? {};
  return (
    <div class="editor-side">
      {fork && (
        <section class="panel">
          <h2>Fork</h2>
          <ForkFields options={options} stages={stages.map(({ id }) => id)} onChange={setOptions} />
        </section>
      )}
      <InputFields fields={declared} given={fork?.inputs} {...{ typed, errors }} onChange={setTyped} />
      <DefinitionGraph stages={stages} forecasts={plan.value?.stages} onOpen={onOpen} />
    </div>
  );
}
