import { useState } from "preact/hooks";
import type { ApprovalView } from "../../people-messages.js";
import { fieldText, fieldValue, messagesByField } from "../form-values.js";
import { PersonField, usePerson } from "../person.js";
import { send, useLoaded } from "../send.js";
import { absolute, spoken } from "../text.js";
import { useAct } from "../use-act.js";
import { FailureNotice, Loading, Note, NothingToAnswer, useNow } from "./basics.js";
import { FormFields, type Texts } from "./form-fields.js";

/** What a stage asks to approve, and the answer. @param onDone called once it is answered */
export function ApprovalForm({ run, stage, onDone }: { run: string; stage: string; onDone: () => void }) {
  const [person, setPerson] = usePerson();
  const [version, setVersion] = useState(0);
  const base = `/api/runs/${encodeURIComponent(run)}/approvals/${encodeURIComponent(stage)}`;
  const { value, failure } = useLoaded<ApprovalView>(`${base}?person=${encodeURIComponent(person)}`, version);
  if (failure) return <NothingToAnswer failure={failure} onDone={onDone} />;
  if (value === undefined) return <Loading lines={3} />;
  return (
    <Approval
      key={`${value.sinceMs} ${version}`}
      view={value}
      address={base}
      onPerson={setPerson}
      onDone={onDone}
      onReload={() => setVersion(version + 1)}
    />
  );
}

interface ApprovalProps {
  view: ApprovalView;
  address: string;
  onPerson: (name: string) => void;
  onDone: () => void;
  onReload: () => void;
}

function Approval({ view, address, onPerson, onDone, onReload }: ApprovalProps) {
  const { message, fields, approvers, mayAnswer, closesAtMs, sinceMs, person, isProved } = view;
  const now = useNow(1000);
  const [texts, setTexts] = useState<Texts>(() =>
    Object.fromEntries(fields.map((field) => [field.name, fieldText(field.default, field)])),
  );
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [comment, setComment] = useState("");
  const { busy, failure, act } = useAct();
  const isRefused = failure?.code === "INPUT_INVALID";
  const isDisabled = busy !== undefined || !mayAnswer;

  const answer = (approved: boolean): void => {
    const read = fields.map((field) => [field.name, fieldValue(texts[field.name] ?? "", field)] as const);
    const found = read.flatMap(([name, { error }]) => (error === undefined || !approved ? [] : [[name, error]]));
    setWrong(Object.fromEntries(found) as Record<string, string>);
    if (found.length > 0) return;
    const filled = read.flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value] as const]));
    const answers = approved ? { answers: Object.fromEntries(filled) } : {};
    act("answer", async () => {
      await send(address, { approved, comment, person, ...answers, ...(sinceMs !== undefined && { sinceMs }) });
      onDone();
    });
  };
  return (
    <form class="answer" onSubmit={(event) => (event.preventDefault(), answer(true))}>
      <p class="text question">{message}</p>
      <p class="muted answer-facts">
        {closesAtMs !== undefined && (
          <span title={absolute(closesAtMs)}>
            {closesAtMs > now ? `open for ${spoken(closesAtMs - now)}` : "its deadline has passed"}
          </span>
        )}
        {approvers.length > 0 && <span>answered by {approvers.join(", ")}</span>}
        <PersonField known={person} isProved={isProved} onChange={onPerson} />
      </p>
      {!mayAnswer && <Note>{person} is not one of those who may answer.</Note>}
      <FormFields
        fields={fields}
        texts={texts}
        errors={{ ...(isRefused && messagesByField(failure.message, fields)), ...wrong }}
        onChange={(name, text) => setTexts({ ...texts, [name]: text })}
      />
      <label class="field">
        <span class="field-label">comment (optional)</span>
        <textarea
          rows={2}
          maxLength={4000}
          value={comment}
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      </label>
      {failure && <FailureNotice failure={failure} />}
      <div class="buttons">
        <button type="submit" class="is-main" disabled={isDisabled}>
          Approve
        </button>
        <button type="button" class="is-danger" disabled={isDisabled} onClick={() => answer(false)}>
          Refuse
        </button>
        {failure && !isRefused && (
          <button type="button" onClick={onReload}>
            Show what it asks now
          </button>
        )}
        <span class="muted">refused, the stage fails</span>
      </div>
    </form>
  );
}
