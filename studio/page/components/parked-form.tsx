import { useState } from "preact/hooks";
import type { Json, JsonObject } from "../../../platform/json.js";
import type { FormField, ParkedView } from "../../people-messages.js";
import { fieldText, fieldValue } from "../form-values.js";
import { read, send, useLoaded } from "../send.js";
import { useAct } from "../use-act.js";
import { FailureNotice, Loading, NothingToAnswer } from "./basics.js";
import { Confirm } from "./fields.js";
import { FormFields, type Texts } from "./form-fields.js";

/**
 * A parked stage: why, its settings to change, and what to do with it.
 * @param onDone called once it is done
 */
export function ParkedForm({ run, stage, onDone }: { run: string; stage: string; onDone: () => void }) {
  const [version, setVersion] = useState(0);
  const address = `/api/runs/${encodeURIComponent(run)}/parked/${encodeURIComponent(stage)}`;
  const { value, failure } = useLoaded<ParkedView>(address, version);
  if (failure) return <NothingToAnswer failure={failure} onDone={onDone} />;
  if (value === undefined) return <Loading lines={3} />;
  return (
    <Parked
      key={`${value.attempts} ${version}`}
      view={value}
      address={address}
      onDone={onDone}
      onReload={() => setVersion(version + 1)}
    />
  );
}

/** The whole settings as one field, where their schema is not known. */
const allSettings: FormField = { name: "with", kind: "json", isRequired: true };

interface ParkedProps {
  view: ParkedView;
  address: string;
  onDone: () => void;
  onReload: () => void;
}

/** The settings that somebody edits, and the merge patch of what has changed. */
function useSettings({ settings, fields: known }: ParkedView) {
  const isKnown = known.length > 0;
  const fields = isKnown ? known : [allSettings];
  const before: Texts = Object.fromEntries(
    fields.map((field) => [field.name, fieldText(isKnown ? settings[field.name] : settings, field)]),
  );
  const [texts, setTexts] = useState(before);
  const changed = fields.filter(({ name }) => texts[name] !== before[name]);
  const edited = changed.map((field) => [field, fieldValue(texts[field.name]!, field)] as const);
  const wrong = edited.flatMap(([{ name }, { error }]) => (error === undefined ? [] : [[name, error] as const]));
  const changes = (): JsonObject =>
    isKnown ? mergePatch(edited) : mergePatchTo(settings, (edited[0]?.[1].value ?? settings) as JsonObject);
  return { fields, isKnown, before, texts, setTexts, changed, changes, errors: Object.fromEntries(wrong) as Texts };
}

function Parked({ view, address, onDone, onReload }: ParkedProps) {
  const { failure, reason, settings, field: named, attempts } = view;
  const { fields, isKnown, before, texts, setTexts, changed, changes, errors } = useSettings(view);
  const { busy, failure: refused, act } = useAct();
  const [asking, setAsking] = useState<"skip" | "abort">();
  const isWrong = Object.keys(errors).length > 0;
  const retry = (): void => {
    if (isWrong) return;
    act("retry", async () => {
      await send(address, { action: "retry", attempts, changes: changes() });
      onDone();
    });
  };
  return (
    <form class="answer" onSubmit={(event) => (event.preventDefault(), retry())}>
      {failure ? <FailureNotice failure={failure} /> : <p class="text">{reason}</p>}
      <SettingsFields
        {...{ fields, texts, errors, focused: named }}
        isFirst={({ name }) => name === named || settings[name] !== undefined || !isKnown}
        onChange={setTexts}
      />
      <Changes names={changed.map(({ name }) => name)} before={before} after={texts} />
      {refused && <FailureNotice failure={refused} />}
      <div class="buttons">
        <button type="submit" class="is-main" disabled={busy !== undefined || isWrong}>
          {changed.length > 0 ? "Retry with the changes" : "Retry"}
        </button>
        <button type="button" onClick={() => setAsking("skip")}>
          Skip
        </button>
        <button type="button" class="is-danger" onClick={() => setAsking("abort")}>
          Abort
        </button>
        {refused !== undefined && outdated.has(refused.code) && (
          <button type="button" onClick={onReload}>
            Show how it is now
          </button>
        )}
      </div>
      {asking !== undefined && (
        <ConfirmAct
          {...{ view, address }}
          act={asking}
          onClose={() => (setAsking(undefined), void read(address).catch(onDone))}
        />
      )}
    </form>
  );
}

interface SettingsFieldsProps {
  fields: readonly FormField[];
  texts: Texts;
  errors: Texts;
  focused: string | undefined;
  /** Whether a field is shown at once. */
  isFirst: (field: FormField) => boolean;
  onChange: (texts: Texts) => void;
}

function SettingsFields({ fields, texts, errors, focused, isFirst, onChange }: SettingsFieldsProps) {
  const others = fields.filter((field) => !isFirst(field));
  const shared = {
    ...{ texts, errors, ...(focused !== undefined && { focused }) },
    onChange: (name: string, text: string) => onChange({ ...texts, [name]: text }),
  };
  return (
    <div class="settings">
      <FormFields fields={fields.filter(isFirst)} {...shared} />
      {others.length > 0 && (
        <details>
          <summary>{others.length} more settings</summary>
          <FormFields fields={others} {...shared} />
        </details>
      )}
    </div>
  );
}

interface ConfirmActProps {
  view: ParkedView;
  address: string;
  act: "skip" | "abort";
  onClose: () => void;
}

const ConfirmAct = ({ view: { run, stage, attempts }, address, act, onClose }: ConfirmActProps) => (
  <Confirm
    title={`${act === "skip" ? "Skip" : "Abort"} ${stage}?`}
    act={act === "skip" ? "Skip the stage" : "Abort the stage"}
    address={address}
    body={{ action: act, attempts }}
    onClose={onClose}
  >
    <p>
      {act === "skip"
        ? "The stages that need it are skipped, too; the run continues with the others."
        : `The stage fails, and ${run} with it.`}
    </p>
  </Confirm>
);

function Changes({ names, before, after }: { names: readonly string[]; before: Texts; after: Texts }) {
  if (names.length === 0) return null;
  return (
    <div class="diff" role="group" aria-label="Changes">
      {names.map((name) => (
        <pre key={name} class="mono">
          {before[name] !== "" && <del>{`- ${name}: ${before[name]}`}</del>}
          {after[name] !== "" && <ins>{`+ ${name}: ${after[name]}`}</ins>}
        </pre>
      ))}
    </div>
  );
}

const outdated = new Set(["ANSWER_OUTDATED", "STAGE_NOT_PARKED"]);

type Read = readonly (readonly [FormField, { value?: Json }])[];

/** A merge patch: a field without a value is removed. */
const mergePatch = (read: Read): JsonObject =>
  Object.fromEntries(read.map(([{ name }, { value = null }]) => [name, value]));

/** The merge patch that turns settings into others. */
function mergePatchTo(before: JsonObject, after: JsonObject): JsonObject {
  const removed = Object.keys(before).filter((name) => !(name in after));
  const set = Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
  return { ...Object.fromEntries(removed.map((name) => [name, null])), ...Object.fromEntries(set) };
}
