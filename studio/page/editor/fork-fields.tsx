import { useState } from "preact/hooks";
import { Field } from "../components/fields.js";

/** What a fork changes besides its text; see `pawl fork`. */
export interface ForkOptions {
  from: string;
  only: string;
  set: readonly string[];
}

interface ForkFieldsProps extends ForkOptions {
  /** Ids of the stages of the definition. */
  stages: readonly string[];
  onChange: (options: ForkOptions) => void;
}

/** From which stage a fork runs again, and settings that it changes. */
export function ForkFields({ stages, onChange, ...options }: ForkFieldsProps) {
  const { from, only, set } = options;
  return (
    <div class="fork-fields">
      <StageChoice
        label="Run again from"
        hint="This stage, and those after it if its result differs."
        none="only what the edit reaches"
        {...{ stages, value: from }}
        onChange={(value) => onChange({ ...options, from: value })}
      />
      <StageChoice
        label="Only"
        hint="No stage that does not lead to this one."
        none="all stages"
        {...{ stages, value: only }}
        onChange={(value) => onChange({ ...options, only: value })}
      />
      <NewSetting stages={stages} onAdd={(text) => onChange({ ...options, set: [...set, text] })} />
      {set.length > 0 && (
        <ul class="plain settings">
          {set.map((text) => (
            <li key={text}>
              <code>{text}</code>
              <button
                type="button"
                class="quiet"
                aria-label={`take ${text} back`}
                onClick={() => onChange({ ...options, set: set.filter((one) => one !== text) })}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface StageChoiceProps {
  label: string;
  hint: string;
  none: string;
  stages: readonly string[];
  value: string;
  onChange: (value: string) => void;
}

function StageChoice({ label, hint, none, stages, value, onChange }: StageChoiceProps) {
  return (
    <Field label={label} hint={hint}>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        <option value="">{none}</option>
        {stages.map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** A single setting of a stage that the fork changes. */
function NewSetting({ stages, onAdd }: { stages: readonly string[]; onAdd: (text: string) => void }) {
  const [stage, setStage] = useState("");
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const chosen = stage || stages[0] || "";
  const isWhole = chosen !== "" && name.trim() !== "" && value.trim() !== "";
  const add = (): void => {
    if (!isWhole) return;
    onAdd(`stages.${chosen}.with.${name.trim()}=${value.trim()}`);
    setName("");
    setValue("");
  };
  const onEnter = (event: KeyboardEvent): void => {
    if (event.key === "Enter") add();
  };
  return (
    <div class="field" role="group" aria-label="A changed setting">
      <span class="field-label">Change a setting</span>
      <div class="field-row new-setting">
        <select aria-label="Stage" value={chosen} onChange={({ currentTarget }) => setStage(currentTarget.value)}>
          {stages.map((id) => (
            <option key={id}>{id}</option>
          ))}
        </select>
        <input
          aria-label="Setting"
          placeholder="learningRate"
          value={name}
          onInput={({ currentTarget }) => setName(currentTarget.value)}
          onKeyDown={onEnter}
        />
        <input
          aria-label="Value"
          placeholder="0.001"
          value={value}
          onInput={({ currentTarget }) => setValue(currentTarget.value)}
          onKeyDown={onEnter}
        />
        <button type="button" disabled={!isWhole} onClick={add}>
          Set
        </button>
      </div>
    </div>
  );
}
