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

/** The fields and the comment of an answer, and what sends it. */
function useAnswer({ fields, sinceMs, person }: ApprovalView, address: string, onDone: () => void) {
  const [texts, setTexts] = useState<Texts>(() =>
    Object.fromEntries(fields.map((field) => [field.name, fieldText(field.default, field)])),
  );
  const [wrong, setWrong] = useState<Texts>({});
  const [comment, setComment] = useState("");
  const { busy, failure, act } = useAct();
  const answer = (approved: boolean): void => {
    const read = fields.map((field) => [field.name, fieldValue(texts[field.name] ?? "", field)] as const);
    const found = read.flatMap(([name, { error }]) =>
      error === undefined || !approved ? [] : [[name, error] as const],
    );
    setWrong(Object.fromEntries(found));
    if (found.length > 0) return;
    const filled = read.flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value] as const]));
    const answers = approved ? { answers: Object.fromEntries(filled) } : {};
    act("answer", async () => {
      await send(address, { approved, comment, person, ...answers, ...(sinceMs !== undefined && { sinceMs }) });
      onDone();
    });
  };
  const refusals = failure?.code === "INPUT_INVALID" ? messagesByField(failure.message, fields) : undefined;
  return {
    ...{ texts, setTexts, comment, setComment, failure, answer, isSending: busy !== undefined },
    errors: { ...refusals, ...wrong },
    isOutdated: failure !== undefined && refusals === undefined,
  };
}

function Approval({ view, address, onPerson, onDone, onReload }: ApprovalProps) {
  const { message, fields, approvers, mayAnswer, closesAtMs, person, isProved } = view;
  const { texts, setTexts, comment, setComment, ...given } = useAnswer(view, address, onDone);
  const { errors, failure, answer, isSending, isOutdated } = given;
  const isDisabled = isSending || !mayAnswer;
  return (
    <form class="answer" onSubmit={(event) => (event.preventDefault(), answer(true))}>
      <p class="text question">{message}</p>
      <p class="muted answer-facts">
        {closesAtMs !== undefined && <Deadline ms={closesAtMs} />}
        {approvers.length > 0 && <span>answered by {approvers.join(", ")}</span>}
        <PersonField known={person} isProved={isProved} onChange={onPerson} />
      </p>
      {!mayAnswer && <Note>{person} is not one of those who may answer.</Note>}
      <FormFields
        fields={fields}
        texts={texts}
        errors={errors}
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
        {isOutdated && (
          <button type="button" onClick={onReload}>
            Show what it asks now
          </button>
        )}
        <span class="muted">refused, the stage fails</span>
      </div>
    </form>
  );
}

function Deadline({ ms }: { ms: number }) {
  const now = useNow(1000);
  return <span title={absolute(ms)}>{ms > now ? `open for ${spoken(ms - now)}` : "its deadline has passed"}</span>;
}
