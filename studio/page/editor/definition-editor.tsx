import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Sign } from "../../../report/components/sign.js";
import type { StageForecast } from "../../../api/forecasting/forecast.js";
import type { LocatedError } from "../../../compiler/errors.js";
import type { JsonObject } from "../../../platform/json.js";
import type { StageStatus } from "../../../schemas/run.js";
import type {
  CheckMessage,
  StartedMessage,
  WrittenDefinition,
  WrittenFork,
  WrittenStage,
} from "../../definition-messages.js";
import type { Failure, StageCard } from "../../messages.js";
import type { FormField } from "../../people-messages.js";
import { runAddress } from "../address.js";
import { boxesOf } from "../boxes.js";
import { FailureNotice, Loading, Note } from "../components/basics.js";
import { Field } from "../components/fields.js";
import { FormFields, type Texts } from "../components/form-fields.js";
import { StageGraph } from "../components/stage-graph.js";
import { fieldText, inputValue } from "../form-values.js";
import { navigate } from "../router.js";
import { failureOf, send } from "../send.js";
import { counted } from "../text.js";
import { useCheck, usePlan, type Answered } from "./checking.js";
import type { CodeEditor } from "./code-editor.js";
import { keepDraft, readDraft } from "./draft.js";
import { ForkFields, type ForkOptions } from "./fork-fields.js";
import { PlanTable } from "./plan-table.js";

interface DefinitionEditorProps {
  /** What the unsaved text is kept under. */
  draft: string;
  /** As errors name it. */
  file: string;
  /** The saved text; empty: there is none yet. */
  text: string;
  /** What a text begins with that was never saved. */
  beginning?: string;
  /** The run that this is the definition of: a start is a fork of it. */
  fork?: { run: string; inputs: JsonObject; from?: string };
  /** Saves the text; absent: it cannot be saved. */
  save?: (text: string) => Promise<void>;
  /** What stands above the editor, left of its buttons. */
  heading: ComponentChildren;
}

/** A definition with everything that is known about it: mistakes, graph, inputs, plan; and its start. */
export function DefinitionEditor({
  draft,
  file,
  text: saved,
  beginning = saved,
  fork,
  save,
  heading,
}: DefinitionEditorProps) {
  const kept = useRef(readDraft(draft));
  const [text, setText] = useState(kept.current?.text ?? beginning);
  const [typed, setTyped] = useState<Texts>({});
  const [seed, setSeed] = useState("");
  const [options, setOptions] = useState<ForkOptions>({ from: fork?.from ?? "", only: "", set: [] });
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState<"starting" | "saving">();
  const editor = useRef<CodeEditor>(undefined);
  useEffect(() => keepDraft(draft, { text, base: saved }), [draft, text, saved]);

  const seeded = seed === "" ? {} : { seed: Number(seed) };
  // A value of an input that the text no longer declares is not sent.
  const [declared, setDeclared] = useState<readonly FormField[]>();
  const given = Object.entries(fork?.inputs ?? {}).filter(
    ([name]) => declared?.some((field) => field.name === name) ?? true,
  );
  const inputs = valuesOf(declared ?? [], typed);
  const check = useCheck({ text, file, inputs: { ...Object.fromEntries(given), ...inputs }, ...seeded });
  useEffect(() => {
    if (check.value) setDeclared(check.value.inputs);
  }, [check.value]);
  const isSound = !check.isOld && check.value?.errors.length === 0;
  const { from, only, set } = options;
  const written: WrittenDefinition | WrittenFork = {
    ...{ text, file, inputs, ...seeded },
    ...(fork && { set: [...set], ...(from && { from }), ...(only && { only }) }),
  };
  const address = fork ? `/api/runs/${encodeURIComponent(fork.run)}/fork` : "/api/definitions";
  const plan = usePlan(`${address}/plan`, isSound ? written : undefined);
  const stages = check.value?.stages ?? [];

  const act = async (what: "starting" | "saving", work: () => Promise<void>): Promise<void> => {
    setBusy(what);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      setFailure(failureOf(error));
    }
    setBusy(undefined);
  };
  const start = (): void =>
    void act("starting", async () => {
      const { run } = await send<StartedMessage>(`${address}/start`, written);
      navigate(runAddress(run));
    });
  const store = (): void => void (save && act("saving", () => save(text)));
  const revert = (): void => {
    editor.current?.setText(saved);
    setText(saved);
  };
  const isChanged = text !== saved;
  return (
    <>
      <div class="heading">
        {heading}
        <span class="muted" role="status">
          {isChanged && (
            <>
              <Sign shape="disc" /> not saved
            </>
          )}
        </span>
        <span class="grow" />
        {isChanged && saved !== "" && (
          <button type="button" onClick={revert}>
            Revert
          </button>
        )}
        {save && (
          <button type="button" disabled={!isChanged || busy !== undefined} onClick={store}>
            {busy === "saving" ? "Saving…" : "Save"}
          </button>
        )}
        <button type="button" class="is-main" disabled={!isSound || busy !== undefined} onClick={start}>
          {busy === "starting" ? "Starting…" : fork ? "Start the fork" : "Start"}
        </button>
      </div>
      {failure && <FailureNotice failure={failure} />}
      {kept.current !== undefined && kept.current.base !== saved && isChanged && (
        <Note>The definition has changed since this text was begun: Revert shows it.</Note>
      )}
      <div class="editor">
        <div class="editor-main">
          <section class="panel code-panel" aria-label="Definition">
            <CodeField
              label={`Definition of ${file}`}
              text={text}
              check={check.value}
              editor={editor}
              onChange={setText}
              onSave={store}
              onStart={() => isSound && start()}
            />
            <Problems check={check} onOpen={(error) => editor.current?.goTo(error.line, error.column)} />
          </section>
          <section class="panel plan-panel" aria-label="Plan">
            <h2>
              Plan{" "}
              <span class="muted">
                {plan.value && (!isSound ? "· of an earlier text" : plan.isOld && "· updating…")}
              </span>
            </h2>
            {plan.failure ? (
              <FailureNotice failure={plan.failure} />
            ) : plan.value ? (
              <PlanTable {...plan.value} />
            ) : check.value && check.value.errors.length > 0 ? (
              <p class="muted">The plan is shown once the definition has no mistakes.</p>
            ) : (
              <Loading lines={3} />
            )}
          </section>
        </div>
        <div class="editor-side">
          {fork && (
            <section class="panel">
              <h2>Fork</h2>
              <ForkFields options={options} stages={stages.map(({ id }) => id)} onChange={setOptions} />
            </section>
          )}
          <section class="panel">
            <h2>Inputs</h2>
            {declared?.length === 0 && <p class="muted">This pipeline has no inputs.</p>}
            <div class="input-fields">
              <FormFields
                fields={declared ?? []}
                texts={typed}
                usual={usualTexts(declared ?? [], fork?.inputs)}
                errors={inputErrors(declared ?? [], check.value?.errors ?? [])}
                onChange={(name, text) => setTyped({ ...typed, [name]: text })}
              />
            </div>
            <Field label="Seed" hint="of all random numbers">
              <input
                type="number"
                min="0"
                value={seed}
                placeholder="as the definition has it"
                onInput={({ currentTarget }) => setSeed(currentTarget.value)}
              />
            </Field>
          </section>
          <section class="panel" aria-label="Graph">
            <h2>Graph</h2>
            {stages.length > 0 && (
              <StageGraph
                boxes={boxesOf(
                  stages.map((stage) => cardOf(stage, plan.value?.stages)),
                  false,
                )}
                selected={undefined}
                nowMs={0}
                onSelect={(declared) => editor.current?.goTo(stages.find(({ id }) => id === declared)?.line ?? 1)}
              />
            )}
          </section>
        </div>
      </div>
    </>
  );
}

/** The inputs that are set; the others are left to their defaults. */
const valuesOf = (fields: readonly FormField[], texts: Texts): JsonObject =>
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

const statusOf: Record<StageForecast["verdict"], StageStatus> = {
  ...{ kept: "cached", reused: "cached", cached: "cached" },
  ...{ "will run": "queued", skipped: "skipped", fails: "failed" },
};

/** A stage as the graph draws it, with what would happen to it. */
function cardOf({ id, uses, needs }: WrittenStage, forecasts: readonly StageForecast[] | undefined): StageCard {
  const verdict = forecasts?.find(({ stage }) => stage === id)?.verdict;
  const status = verdict === undefined ? "queued" : statusOf[verdict];
  return { id, declared: id, type: uses, needs, status, attempts: 0, metrics: {}, outputs: {} };
}

interface CodeFieldProps {
  label: string;
  text: string;
  check: CheckMessage | undefined;
  editor: { current: CodeEditor | undefined };
  onChange: (text: string) => void;
  onSave: () => void;
  onStart: () => void;
}

/** The code editor, loaded when it is first shown. */
function CodeField({ label, text, check, editor, ...acts }: CodeFieldProps) {
  const host = useRef<HTMLDivElement>(null);
  const newest = useRef(acts);
  newest.current = acts;
  const [isLoaded, setLoaded] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  useEffect(() => {
    let isShown = true;
    import("./code-editor.js").then(
      ({ createCodeEditor }) => {
        if (!isShown) return;
        editor.current = createCodeEditor(host.current!, {
          ...{ text, label },
          onChange: (changed) => newest.current.onChange(changed),
          onSave: () => newest.current.onSave(),
          onStart: () => newest.current.onStart(),
        });
        setLoaded(true);
      },
      (error: unknown) => setFailure(failureOf(error)),
    );
    return () => {
      isShown = false;
      editor.current?.destroy();
    };
  }, []);
  useEffect(() => {
    if (isLoaded && check) editor.current?.show(check.errors, check.warnings);
  }, [isLoaded, check]);
  return (
    <>
      {failure && <FailureNotice failure={failure} title="The editor could not be loaded: load the page again." />}
      {!isLoaded && !failure && <Loading lines={12} />}
      <div ref={host} class="code-editor" />
    </>
  );
}

/** What is wrong, in the order of the text; a click goes there. */
function Problems({ check, onOpen }: { check: Answered<CheckMessage>; onOpen: (error: LocatedError) => void }) {
  const { value, failure, isOld } = check;
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <p class="problems-head muted">checking…</p>;
  const { errors, warnings } = value;
  const head =
    errors.length > 0
      ? counted(errors.length, "mistake")
      : `no mistakes${warnings.length > 0 ? `, ${counted(warnings.length, "warning")}` : ""}`;
  return (
    <div class="problems" aria-live="polite">
      <p class={`problems-head ${errors.length > 0 ? "is-bad" : "is-ok"}`}>
        <Sign shape={errors.length > 0 ? "cross" : "tick"} /> {head} {isOld && <span class="muted">· checking…</span>}
      </p>
      <ol class="plain">
        {[...errors, ...warnings].map((error, i) => (
          <li key={i}>
            <button type="button" class="problem" onClick={() => onOpen(error)}>
              <span class="mono muted">
                {error.line}:{error.column}
              </span>
              <span class="text">
                {error.message}
                {error.expected !== undefined && <span class="muted"> · expected: {error.expected}</span>}
                {error.next !== "" && <span class="muted"> · next: {error.next}</span>}
              </span>
              <span class="mono muted">{error.code}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}
