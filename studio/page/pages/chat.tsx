import { useEffect, useRef, useState } from "preact/hooks";
import type { Board, Failure, RunMessage } from "../../messages.js";
import type { ChatEvent } from "../../people-messages.js";
import { chatAddress, runAddress } from "../address.js";
import { Ago, Empty, FailureNotice, Loading, useNow } from "../components/basics.js";
import { Chip } from "../components/fields.js";
import { readLines } from "../lines.js";
import { setQuery, usePlace } from "../router.js";
import { toFailure, RequestFailed, send, useLoaded } from "../send.js";
import { sessionHeaders } from "../session.js";

/** The same question to the models of several stages of a run. */
export function ChatPage({ params }: { params: Record<string, string> }) {
  return params["run"] === undefined ? <ChooseRun /> : <ChatWith key={params["run"]} run={params["run"]} />;
}

const maxRuns = 50;

function ChooseRun() {
  const { value, failure } = useLoaded<Board>("/api/runs");
  const now = useNow(5000);
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <Loading />;
  if (value.runs.length === 0) return <Empty title="There is no run whose models could be asked." />;
  return (
    <>
      <div class="heading">
        <h1>Chat</h1>
        <span class="muted">with the models of which run?</span>
      </div>
      <ul class="waiting">
        {value.runs.slice(0, maxRuns).map(({ run, pipeline, startedAtMs }) => (
          <li key={run}>
            <a href={chatAddress(run)}>
              <b>{run}</b>
            </a>{" "}
            <span class="muted">
              {pipeline} · <Ago ms={startedAtMs} nowMs={now} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** Stages that are selected at first: the last ones with a model. */
const usualStages = 2;
const maxStages = 6;

function ChatWith({ run }: { run: string }) {
  const { value, failure } = useLoaded<RunMessage>(`/api/runs/${encodeURIComponent(run)}`);
  const { query } = usePlace();
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <Loading />;
  const known = value.stages.filter(({ outputs }) => outputs["model"] !== undefined).map(({ id }) => id);
  const selected = query.get("stages")?.split(",");
  const stages = selected === undefined ? known.slice(-usualStages) : known.filter((id) => selected.includes(id));
  const toggle = (id: string): void => {
    const next = stages.includes(id) ? stages.filter((one) => one !== id) : [...stages, id].slice(-maxStages);
    setQuery({ stages: next.join(",") });
  };
  return (
    <>
      <div class="heading">
        <h1>Chat</h1>
        <span class="muted">
          with models of <a href={runAddress(run)}>{run}</a>
        </span>
      </div>
      {known.length === 0 ? (
        <Empty title="This run has left no model yet." />
      ) : (
        <>
          <div class="filters" role="group" aria-label="Stages">
            {known.map((id) => (
              <Chip key={id} isOn={stages.includes(id)} onClick={() => toggle(id)}>
                {id}
              </Chip>
            ))}
          </div>
          {stages.length > 0 && <Conversation key={stages.join(",")} run={run} stages={stages} />}
        </>
      )}
    </>
  );
}

/** A question, and the responses by stage. */
interface Turn {
  question: string;
  responses: Record<string, { text: string; facts?: string; prompt?: string }>;
}

function Conversation({ run, stages }: { run: string; stages: readonly string[] }) {
  const { about, turns, failure, ask, isBusy } = useChat(run, stages);
  const [text, setText] = useState("");
  const isReady = stages.every((stage) => about[stage] !== undefined);
  const submit = (): void => {
    if (text.trim() === "" || !isReady || isBusy) return;
    ask(text.trim());
    setText("");
  };
  return (
    <>
      <div class="chat-columns" style={{ gridTemplateColumns: `repeat(${stages.length}, minmax(240px, 1fr))` }}>
        {stages.map((stage) => (
          <section key={stage} class="panel chat-column" aria-label={stage}>
            <h2>{stage}</h2>
            <p class="muted">{about[stage] ?? "loading the model …"}</p>
            {turns.map(({ question, responses }, i) => (
              <div key={i} class="chat-turn">
                <p class="text chat-question">{question}</p>
                <p class="text">{responses[stage]?.text}</p>
                {responses[stage]?.facts !== undefined && <p class="muted">{responses[stage].facts}</p>}
                {responses[stage]?.prompt !== undefined && (
                  <details>
                    <summary>what the model read</summary>
                    <pre class="text">{responses[stage].prompt}</pre>
                  </details>
                )}
              </div>
            ))}
          </section>
        ))}
      </div>
      {failure && <FailureNotice failure={failure} title="The chat has ended: load the page again." />}
      <form class="chat-input" onSubmit={(event) => (event.preventDefault(), submit())}>
        <input
          type="text"
          aria-label="Question to all models"
          placeholder={isReady ? "Ask all of them" : "loading …"}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="is-main" disabled={!isReady || isBusy}>
          Ask
        </button>
      </form>
    </>
  );
}

interface Chat {
  about: Readonly<Record<string, string>>;
  turns: readonly Turn[];
  failure?: Failure;
  isBusy: boolean;
  ask: (question: string) => void;
}

/** A chat that is open for as long as the view is mounted. */
function useChat(run: string, stages: readonly string[]): Chat {
  const [about, setAbout] = useState<Record<string, string>>({});
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [failure, setFailure] = useState<Failure>();
  const chat = useRef("");
  useEffect(() => {
    const closed = new AbortController();
    const onEvent = (event: ChatEvent): void => {
      if (event.event === "open") chat.current = event.chat;
      else if (event.event === "failed") setFailure(event.failure);
      else if (event.event === "ready") setAbout((before) => ({ ...before, [event.stage]: event.about }));
      else if ("error" in event)
        setTurns((before) => [...before.slice(0, -1), withError(before.at(-1)!, event.error, stages)]);
      else setTurns((before) => [...before.slice(0, -1), withEvent(before.at(-1)!, event)]);
    };
    readChat(`/api/runs/${encodeURIComponent(run)}/chat`, { stages }, closed.signal, onEvent).catch(
      (error: unknown) => {
        if (!closed.signal.aborted) setFailure(toFailure(error));
      },
    );
    return () => closed.abort();
  }, []);
  const last = turns.at(-1);
  const isBusy = last !== undefined && stages.some((stage) => last.responses[stage]?.facts === undefined);
  const ask = (question: string): void => {
    setTurns((before) => [...before, { question, responses: {} }]);
    send(`/api/chats/${chat.current}`, { text: question }).catch((error: unknown) => setFailure(toFailure(error)));
  };
  return { about, turns, isBusy: isBusy && failure === undefined, ask, ...(failure && { failure }) };
}

type Said = Extract<ChatEvent, { stage: string; text: string }>;

function withEvent({ question, responses }: Turn, event: Said): Turn {
  const { stage, text } = event;
  const before = responses[stage]?.text ?? "";
  if (event.event === "text") return { question, responses: { ...responses, [stage]: { text: before + text } } };
  const { tokens, tokensPerSecond, reason, prompt } = event;
  const facts = `${tokens} tokens · ${tokensPerSecond} tok/s${reason === "length" ? " · cut" : ""}`;
  return { question, responses: { ...responses, [stage]: { text, facts, prompt } } };
}

/**
 * The models respond in the order of the stages: the first without a response is the one that
 * failed.
 */
function withError({ question, responses }: Turn, { code, message }: Failure, stages: readonly string[]): Turn {
  const failed = stages.find((stage) => responses[stage]?.facts === undefined);
  if (failed === undefined) return { question, responses };
  return { question, responses: { ...responses, [failed]: { text: message, facts: code } } };
}

/** Reads the lines of a chat until it ends. @throws RequestFailed */
async function readChat(
  address: string,
  body: object,
  signal: AbortSignal,
  onEvent: (event: ChatEvent) => void,
): Promise<void> {
  const headers = { "content-type": "application/json", ...sessionHeaders() };
  const response = await fetch(address, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (!response.ok) throw new RequestFailed(((await response.json()) as { error: Failure }).error);
  await readLines(response, (line) => line !== "" && onEvent(JSON.parse(line) as ChatEvent));
}
