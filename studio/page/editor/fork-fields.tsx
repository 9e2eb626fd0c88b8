import { useState } from "preact/hooks";
import { Field, Select } from "../components/fields.js";

/** Changes of a fork besides its text; see `pawl fork`. */
export interface ForkOptions {
  from: string;
  only: string;
  set: readonly string[];
}

interface ForkFieldsProps {
  options: ForkOptions;
  /** Ids of the stages of the definition. */
  stages: readonly string[];
  onChange: (options: ForkOptions) => void;
}

/** Where a fork begins and ends; `none`: no stage is chosen. */
const stageFields = [
  {
    name: "from",
    label: "Run again from",
    hint: "This stage, and those after it if its result differs.",
    none: "only what the edit reaches",
  },
  { name: "only", label: "Only", hint: "No stage that does not lead to this one.", none: "all stages" },
] as const;

/** From which stage a fork runs again, and settings that it changes. */
export function ForkFields({ options, stages, onChange }: ForkFieldsProps) {
  const { set } = options;
  return (
    <div class="fork-fields">
      {stageFields.map(({ name, label, hint, none }) => (
        <Field key={name} label={label} hint={hint}>
          <Select
            value={options[name]}
            options={[["", none], ...stages]}
            onChange={(value) => onChange({ ...options, [name]: value })}
          />
        </Field>
      ))}
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
        <Select label="Stage" value={chosen} options={stages} onChange={setStage} />
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
