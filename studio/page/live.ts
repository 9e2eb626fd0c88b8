import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { readLines } from "./lines.js";
import { onNewSession, sessionHeaders } from "./session.js";

/** The topics that a view subscribes to; see `/api/live`. */
export interface Topics {
  runs?: "1";
  run?: string;
  log?: string;
  output?: string;
}

type Listener = (message: never) => void;
type EventName = "runs" | "run" | "log" | "output" | "waiting";

/**
 * Whether the connection stands; `paused` while nobody sees the page, `sessionEnded` and
 * `noSession` (it never had one) are for people to change.
 */
type LinkState = "connecting" | "connected" | "lost" | "sessionEnded" | "noSession" | "paused";

/**
 * A page that nobody sees gives its connection up after this time, ms: a browser has six for all
 * pages of a host.
 */
const hiddenForMs = 15_000;
/** A connection that has ended is opened again after this time, ms. */
const tryAgainMs = 1000;

/**
 * The one connection of this page for server-sent events. It asks for the topics of all views that
 * are mounted.
 */
const wanted = new Map<symbol, Topics>();
const listeners = new Map<EventName, Set<Listener>>();
const stateListeners = new Set<(state: LinkState) => void>();
let source: AbortController | undefined;
let state: LinkState = "connecting";
let opened = "";
let wasConnected = false;
let timer = 0;

function setState(next: LinkState): void {
  state = next;
  for (const listener of stateListeners) listener(next);
}

/** Opens the connection again if other topics are wanted. */
function update(): void {
  const topics = Object.assign({}, ...wanted.values()) as Record<string, string>;
  const address = `/api/live?${new URLSearchParams(topics).toString()}`;
  if (address === opened && source !== undefined) return;
  open(address);
}

function open(address: string): void {
  close();
  opened = address;
  const own = (source = new AbortController());
  void follow(address, own.signal).then((next) => {
    if (own.signal.aborted) return;
    setState(next);
    if (next === "lost") timer = window.setTimeout(() => open(address), tryAgainMs);
  });
}

/**
 * Passes messages on until the connection ends. Not an EventSource, which cannot send the header of
 * the session.
 */
async function follow(address: string, closed: AbortSignal): Promise<"lost" | "sessionEnded" | "noSession"> {
  try {
    const response = await fetch(address, { headers: sessionHeaders(), signal: closed });
    if (response.status === 401) return wasConnected ? "sessionEnded" : "noSession";
    if (!response.ok) return "lost";
    wasConnected = true;
    setState("connected");
    const fields = new Map<string, string>();
    await readLines(response, (line) => {
      const [name = "", value = ""] = line.split(/: ?(.*)/s);
      if (line !== "") return void fields.set(name, value);
      const [event, data] = [fields.get("event") as EventName | undefined, fields.get("data")];
      fields.clear();
      if (event === undefined || data === undefined || closed.aborted) return;
      const message = JSON.parse(data) as never;
      for (const listener of listeners.get(event) ?? []) listener(message);
    });
  } catch {
    // The studio does not answer, or this page has been closed.
  }
  return "lost";
}

function close(): void {
  clearTimeout(timer);
  source?.abort();
  source = undefined;
}

/** Connects, and gives the connection up while nobody sees the page. */
export function connect(): void {
  update();
  onNewSession(() => open(opened));
  let hidden = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.hidden)
      hidden = window.setTimeout(() => {
        close();
        setState("paused");
      }, hiddenForMs);
    else update();
  });
}

export function useLinkState(): LinkState {
  const [shown, setShown] = useState(state);
  useEffect(() => {
    stateListeners.add(setShown);
    setShown(state);
    return () => void stateListeners.delete(setShown);
  }, []);
  return shown;
}

/**
 * Calls `listener` with each message of that name; for as long as the view is mounted, its topics
 * are asked for.
 */
export function useLive<T>(topics: Topics, name: EventName, listener: (message: T) => void): void {
  const newest = useRef(listener);
  newest.current = listener;
  const key = JSON.stringify(topics);
  // Before the view is painted: so the server answers meanwhile.
  useLayoutEffect(() => {
    const own = Symbol();
    const call: Listener = (message) => newest.current(message);
    const ofName = listeners.get(name) ?? new Set();
    listeners.set(name, ofName.add(call));
    wanted.set(own, JSON.parse(key) as Topics);
    queueMicrotask(update);
    return () => {
      ofName.delete(call);
      wanted.delete(own);
      queueMicrotask(update);
    };
  }, [key, name]);
}
