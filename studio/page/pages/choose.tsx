import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Failure, RunMessage } from "../../messages.js";
import type { ChoiceView, ShownPair, Side } from "../../people-messages.js";
import { runAddress } from "../address.js";
import { Bar, Empty, FailureNotice, Loading, useNow } from "../components/basics.js";
import { ChoiceEnd } from "../components/choice-end.js";
import { ChoiceMenu } from "../components/choice-menu.js";
import { useKeys } from "../keys.js";
import { useLive } from "../live.js";
import { PersonField, usePerson } from "../person.js";
import { toFailure, read, send } from "../send.js";
import { absolute, spoken } from "../text.js";

/** Remembers whether agreement is shown before the end. */
const agreementKey = "pawl-agreement";
/** Choices by which the pace is measured; a longer time between two is a break, ms. */
const paceWindow = 20;
const breakMs = 120_000;

/**
 * "Which response do you prefer?": the pairs of a stage, one after the other, by keys or by thumb.
 */
export function ChoosePage({ params }: { params: Record<string, string> }) {
  const { run, stage } = params as { run: string; stage: string };
  const [person, setPerson] = usePerson();
  const [withAgreement, setWithAgreement] = useState(() => localStorage.getItem(agreementKey) !== null);
  const request = useChoices(run, stage, person, withAgreement);
  const { view, failure } = request;
  const toggle = (): void => {
    if (withAgreement) localStorage.removeItem(agreementKey);
    else localStorage.setItem(agreementKey, "1");
    setWithAgreement(!withAgreement);
  };
  return (
    <div class="choose">
      <div class="heading">
        <h1>Which response do you prefer?</h1>
        <span class="muted">
          {stage} of <a href={runAddress(run)}>{run}</a>
        </span>
        <span class="grow" />
        {view && <PersonField known={view.person} isProved={view.isProved} onChange={setPerson} />}
      </div>
      {failure && (
        <>
          <FailureNotice failure={failure} />
          <p class="buttons">
            <button type="button" onClick={request.reload}>
              Show what it asks now
            </button>
            <a href="/waiting">What else waits</a>
          </p>
        </>
      )}
      {view === undefined && !failure && <Loading />}
      {view && <Progress view={view} paceMs={request.paceMs} onToggle={toggle} withAgreement={withAgreement} />}
      {view?.shown && <Pair key={view.shown.item} view={view} pair={view.shown} {...request} />}
      {view && !view.shown && <ChoiceEnd view={view} />}
      {view && (
        <ChoiceMenu view={view} onUndo={request.canUndo ? request.undo : undefined} onChanged={request.reload} />
      )}
    </div>
  );
}

interface Request {
  view?: ChoiceView;
  failure?: Failure;
  isSending: boolean;
  canUndo: boolean;
  /** Mean time of a choice lately, ms. */
  paceMs?: number;
  choose: (side: Side, note: string) => void;
  undo: () => void;
  reload: () => void;
}

/** A request for choices as a person sees it, read again when others have changed it. */
function useView(run: string, stage: string, person: string, withAgreement: boolean) {
  const base = `/api/runs/${encodeURIComponent(run)}/choices/${encodeURIComponent(stage)}`;
  const [view, setView] = useState<ChoiceView>();
  const [notRead, setNotRead] = useState<Failure>();
  const [version, setVersion] = useState(0);
  const busy = useRef(false);
  /**
   * Counts what is asked and what is changed: an answer to anything but the last of them is out of
   * date.
   */
  const last = useRef(0);
  const show = (next: ChoiceView): void => {
    setView(next);
    setNotRead(undefined);
  };
  const load = (item: number | undefined): void => {
    const query = new URLSearchParams({
      ...(person !== "" && { person }),
      ...(item !== undefined && { item: String(item) }),
      ...(withAgreement && { agreement: "1" }),
    });
    const requestNumber = ++last.current;
    read<ChoiceView>(`${base}?${query.toString()}`).then(
      (next) => requestNumber === last.current && show(next),
      (error: unknown) => requestNumber === last.current && setNotRead(toFailure(error)),
    );
  };
  useEffect(() => load(undefined), [base, person, version]);
  useEffect(() => {
    if (view !== undefined) load(view.shown?.item);
  }, [withAgreement]);
  const known = useRef("");
  useLive<RunMessage>({ run }, "run", ({ head }) => {
    const waits = head?.waits.find((item) => item.stage === stage);
    const now = JSON.stringify([waits?.chosen, waits?.votes, waits === undefined]);
    if (head === undefined || now === known.current) return;
    const isFirst = known.current === "";
    known.current = now;
    if (!isFirst && !busy.current) load(view?.shown?.item);
  });
  const change = async (act: string, body: object): Promise<void> => {
    const next = await send<ChoiceView>(`${base}/${act}`, {
      person,
      agreement: withAgreement,
      pairs: view?.pairs,
      ...body,
    });
    last.current++;
    show(next);
  };
  return { view, notRead, busy, version, change, reload: () => setVersion((count) => count + 1) };
}

/** A request for choices, and this person's choices. */
function useChoices(run: string, stage: string, person: string, withAgreement: boolean): Request {
  const { view, notRead, busy, version, change, reload } = useView(run, stage, person, withAgreement);
  /** Why a choice was not taken, until the next one is. */
  const [refused, setRefused] = useState<Failure>();
  const [isSending, setSending] = useState(false);
  const [made, setMade] = useState<readonly number[]>([]);
  const times = useRef<number[]>([]);
  useEffect(() => setRefused(undefined), [run, stage, person, version]);
  useEffect(() => setMade([]), [run, stage, person]);
  const act = async (name: string, item: number, body: object, after: (made: readonly number[]) => number[]) => {
    busy.current = true;
    setSending(true);
    try {
      await change(name, { item, ...body });
      setRefused(undefined);
      setMade((before) => after(before.filter((one) => one !== item)));
      scrollTo(0, 0);
    } catch (error) {
      setRefused(toFailure(error));
    }
    busy.current = false;
    setSending(false);
  };
  const failure = refused ?? notRead;
  const paceMs = pace(times.current);
  return {
    ...{ isSending, canUndo: made.length > 0, reload },
    ...(view && { view }),
    ...(failure && { failure }),
    ...(paceMs !== undefined && { paceMs }),
    choose(side, note) {
      const pair = view?.shown;
      if (pair === undefined || busy.current) return;
      times.current = [...times.current.slice(-paceWindow), performance.now()];
      const { item, mine = null } = pair;
      void act("choose", item, { side, note, before: mine }, (others) => [...others, item]);
    },
    undo() {
      const item = made.at(-1);
      if (item === undefined || busy.current) return;
      void act("withdraw", item, {}, (others) => [...others]);
    },
  };
}

/** The mean time between choices, without breaks. */
function pace(times: readonly number[]): number | undefined {
  const spans = times.slice(1).map((time, i) => time - times[i]!);
  const worked = spans.filter((span) => span < breakMs);
  return worked.length < 2 ? undefined : worked.reduce((sum, span) => sum + span, 0) / worked.length;
}

interface ProgressProps {
  view: ChoiceView;
  paceMs: number | undefined;
  withAgreement: boolean;
  onToggle: () => void;
}

function Progress({ view, paceMs, withAgreement, onToggle }: ProgressProps) {
  const { chosen, target, people, mine, present, agreement, closesAtMs, isClosed } = view;
  const now = useNow(1000);
  const remaining = Math.max(0, target - chosen);
  const shared = agreement?.own.choices ?? 0;
  return (
    <div class="choose-progress">
      <Bar share={target === 0 ? 1 : chosen / target} label="choices" />
      <p class="muted" role="status">
        <b>
          {chosen} of {target}
        </b>
        {people > 1 && ` by ${people} people each`}
        {` · ${mine} by you`}
        {present > 1 && ` · ${present} people`}
        {paceMs !== undefined && remaining > 0 && ` · ${spoken(paceMs)} each, ${spoken(paceMs * remaining)} left`}
        {closesAtMs !== undefined && !isClosed && (
          <span title={absolute(closesAtMs)}>{` · open for ${spoken(closesAtMs - now)}`}</span>
        )}
        {agreement && !isClosed && shared > 0 && ` · same as others: ${agreement.own.same} of ${shared}`}
        {agreement && !isClosed && shared === 0 && " · nobody else has chosen at your items yet"}
      </p>
      <span class="grow" />
      {!isClosed && (
        <label class="muted toggle">
          <input type="checkbox" checked={withAgreement} onChange={onToggle} /> show agreement before the end
        </label>
      )}
    </div>
  );
}

const buttons = [
  { side: "left", key: "1", name: "Left", small: "First" },
  { side: "tie", key: "t", name: "Tie", small: "Tie" },
  { side: "bothBad", key: "b", name: "Both bad", small: "Both bad" },
  { side: "right", key: "2", name: "Right", small: "Second" },
] as const;

function Pair({ view, pair, isSending, choose, canUndo, undo }: Request & { view: ChoiceView; pair: ShownPair }) {
  const { prompt, left, right, mine } = pair;
  const [note, setNote] = useState(pair.note ?? "");
  const [hasNote, setHasNote] = useState(pair.note !== undefined);
  const field = useRef<HTMLTextAreaElement>(null);
  useKeys([
    ...buttons.map(({ side, key, name }) => ({ keys: key, label: name, act: () => choose(side, note) })),
    { keys: "u", label: "undo", act: () => canUndo && undo() },
    { keys: "n", label: "write a note", act: () => setHasNote(true) },
  ]);
  useLayoutEffect(() => {
    if (hasNote && pair.note === undefined) field.current?.focus();
  }, [hasNote]);
  return (
    <>
      {view.isInsufficient && (
        <Empty title="These choices gave no preference to learn from.">
          <p class="muted">Change one, or choose at further items.</p>
        </Empty>
      )}
      <section class="prompt" aria-label="Prompt">
        <h2 class="label">prompt</h2>
        <p class="text">{prompt}</p>
      </section>
      <div class="pair">
        <Response name="1" title="left" text={left} isChosen={mine === "left"} />
        <Response name="2" title="right" text={right} isChosen={mine === "right"} />
      </div>
      {hasNote && (
        <label class="field">
          <span class="field-label">note, sent with your choice</span>
          <textarea
            ref={field}
            rows={2}
            maxLength={1000}
            value={note}
            onInput={(event) => setNote(event.currentTarget.value)}
          />
        </label>
      )}
      <ChoiceButtons
        {...{ mine, isSending, canUndo, undo }}
        choose={(side) => choose(side, note)}
        onNote={() => setHasNote(true)}
      />
    </>
  );
}

interface ButtonsProps extends Pick<Request, "isSending" | "canUndo" | "undo"> {
  mine: Side | undefined;
  choose: (side: Side) => void;
  onNote: () => void;
}

const ChoiceButtons = ({ mine, isSending, canUndo, undo, choose, onNote }: ButtonsProps) => (
  <div class="choose-buttons" role="group" aria-label="Your choice">
    {buttons.map(({ side, key, name, small }) => (
      <button
        key={side}
        type="button"
        class={`choose-${side}`}
        aria-pressed={mine === side}
        disabled={isSending}
        onClick={() => choose(side)}
      >
        <kbd aria-hidden="true">{key}</kbd>
        <span class="when-wide">{name}</span>
        <span class="when-small">{small}</span>
      </button>
    ))}
    <button type="button" class="quiet choose-note" onClick={onNote}>
      <kbd aria-hidden="true">n</kbd>Note
    </button>
    <button type="button" class="quiet choose-undo" disabled={!canUndo || isSending} onClick={undo}>
      <kbd aria-hidden="true">u</kbd>Undo
    </button>
  </div>
);

function Response({ name, title, text, isChosen }: { name: string; title: string; text: string; isChosen: boolean }) {
  return (
    <section class={isChosen ? "response is-chosen" : "response"} aria-label={`Response ${name}, ${title}`}>
      <h2 class="label">
        response {name}
        {isChosen && " · your choice before"}
      </h2>
      <p class="text">{text}</p>
    </section>
  );
}
