import { useState } from "preact/hooks";
import type { Json, JsonObject } from "../../../platform/json.js";
import type { FormField, ParkedView } from "../../people-messages.js";
import { fieldText, fieldValue } from "../form-values.js";
import { read, send, useLoaded } from "../send.js";
import { useAct } from "../use-act.js";
import { FailureNotice, Loading, NothingToAnswer } from "./basics.js";
import { Confirm } from "./fields.js";
import { FormFields, type Texts } from "./form-fields.js";

/** A parked stage: why, its settings to change, and what to do with it. @param onDone called once it is done */
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

function Parked({ view, address, onDone, onReload }: ParkedProps) {
  const { run, stage, failure, reason, settings, field: named, attempts } = view;
  const isKnown = view.fields.length > 0;
  const fields = isKnown ? view.fields : [allSettings];
  const before: Texts = Object.fromEntries(
    fields.map((field) => [field.name, fieldText(isKnown ? settings[field.name] : settings, field)]),
  );
  const [texts, setTexts] = useState(before);
  const { busy, failure: refused, act } = useAct();
  const [asking, setAsking] = useState<"skip" | "abort">();
  const changed = fields.filter(({ name }) => texts[name] !== before[name]);
  const edited = changed.map((field) => [field, fieldValue(texts[field.name]!, field)] as const);
  const errors = Object.fromEntries(
    edited.flatMap(([{ name }, { error }]) => (error === undefined ? [] : [[name, error]])),
  );
  const isWrong = Object.keys(errors).length > 0;

  const retry = (): void => {
    if (isWrong) return;
    const changes = isKnown
      ? changesOf(edited)
      : mergePatchTo(settings, (edited[0]?.[1].value ?? settings) as JsonObject);
    act("retry", async () => {
      await send(address, { action: "retry", attempts, changes });
      onDone();
    });
  };
  const first = fields.filter(({ name }) => name === named || settings[name] !== undefined || !isKnown);
  const others = fields.filter((field) => !first.includes(field));
  const form = (some: readonly FormField[]) => (
    <FormFields
      fields={some}
      texts={texts}
      errors={errors}
      {...(named !== undefined && { focused: named })}
      onChange={(name, text) => setTexts({ ...texts, [name]: text })}
    />
  );
  return (
    <form class="answer" onSubmit={(event) => (event.preventDefault(), retry())}>
      {failure ? <FailureNotice failure={failure} /> : <p class="text">{reason}</p>}
      <div class="settings">
        {form(first)}
        {others.length > 0 && (
          <details>
            <summary>{others.length} more settings</summary>
            {form(others)}
          </details>
        )}
      </div>
      {changed.length > 0 && (
        <div class="diff" role="group" aria-label="Changes">
          {changed.map(({ name }) => (
            <pre key={name} class="mono">
              {before[name] !== "" && <del>{`- ${name}: ${before[name]}`}</del>}
              {texts[name] !== "" && <ins>{`+ ${name}: ${texts[name]}`}</ins>}
            </pre>
          ))}
        </div>
      )}
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
        <Confirm
          title={`${asking === "skip" ? "Skip" : "Abort"} ${stage}?`}
          act={asking === "skip" ? "Skip the stage" : "Abort the stage"}
          address={address}
          body={{ action: asking, attempts }}
          onClose={() => {
            setAsking(undefined);
            read(address).catch(onDone);
          }}
        >
          <p>
            {asking === "skip"
              ? "The stages that need it are skipped, too; the run continues with the others."
              : `The stage fails, and ${run} with it.`}
          </p>
        </Confirm>
      )}
    </form>
  );
}

const outdated = new Set(["ANSWER_OUTDATED", "STAGE_NOT_PARKED"]);

type Read = readonly (readonly [FormField, { value?: Json }])[];

/** A merge patch: a field without a value is removed. */
const changesOf = (read: Read): JsonObject =>
  Object.fromEntries(read.map(([{ name }, { value = null }]) => [name, value]));

/** The merge patch that turns settings into others. */
function mergePatchTo(before: JsonObject, after: JsonObject): JsonObject {
  const removed = Object.keys(before).filter((name) => !(name in after));
  const set = Object.entries(after).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
  return { ...Object.fromEntries(removed.map((name) => [name, null])), ...Object.fromEntries(set) };
}
