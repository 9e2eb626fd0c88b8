import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** What a view wants to be told of: see `/api/live`. */
export interface Topics {
  runs?: "1";
  run?: string;
  log?: string;
  output?: string;
}

type Listener = (message: never) => void;
const eventNames = ["runs", "run", "log", "output", "waiting"] as const;
type EventName = (typeof eventNames)[number];

/** Whether the connection stands; `paused` while nobody sees the page. */
type LinkState = "connecting" | "connected" | "lost" | "paused";

/** A page that nobody sees gives its connection up after this time, ms: a browser has six for all pages of a host. */
const hiddenForMs = 15_000;
/** The browser reconnects by itself unless the server refuses; then it is tried again after this time, ms. */
const tryAgainMs = 2000;

/** The one connection of this page for server-sent events. It asks for the topics of all views that are mounted. */
const wanted = new Map<symbol, Topics>();
const listeners = new Map<EventName, Set<Listener>>();
const stateListeners = new Set<(state: LinkState) => void>();
let source: EventSource | undefined;
let state: LinkState = "connecting";
let opened = "";
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
  source = new EventSource(address);
  source.onopen = () => setState("connected");
  source.onerror = () => {
    setState("lost");
    if (source?.readyState === EventSource.CLOSED) timer = window.setTimeout(() => open(address), tryAgainMs);
  };
  for (const name of eventNames)
    source.addEventListener(name, (event: MessageEvent<string>) => {
      const message = JSON.parse(event.data) as never;
      for (const listener of listeners.get(name) ?? []) listener(message);
    });
}

function close(): void {
  clearTimeout(timer);
  source?.close();
  source = undefined;
}

/** Connects, and gives the connection up while nobody sees the page. */
export function connect(): void {
  update();
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

/** Calls `listener` with each message of that name; for as long as the view is mounted, its topics are asked for. */
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
