import { useLayoutEffect, useRef } from "preact/hooks";

/**
 * What a key, two one after the other (`g r`), or one with the system's modifier (`mod+k`) does.
 */
export interface KeyAction {
  keys: string;
  label: string;
  act: () => void;
}

const registered = new Set<{ current: readonly KeyAction[] }>();
/**
 * Two keys belong together if they are pressed within this time, ms, however late the page gets to
 * them.
 */
const togetherMs = 1200;
let before: { key: string; atMs: number } | undefined;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const modifier = "mod+";
const isMac = /^(Mac|iP)/.test(navigator.platform);

/** Keys as people call them, one name for each. */
export const keyNames = (keys: string): string[] =>
  keys.startsWith(modifier) ? [isMac ? "⌘" : "Ctrl", keys.slice(modifier.length).toUpperCase()] : keys.split(" ");

/**
 * Listens for keys; nothing happens while somebody types, but for Escape and what has the modifier.
 */
export function listenForKeys(): void {
  addEventListener("keydown", (event) => {
    if (event.altKey || event.defaultPrevented) return;
    if (event.ctrlKey || event.metaKey) {
      const isOurs = isMac ? event.metaKey : event.ctrlKey;
      const chord = allKeys().find(({ keys }) => isOurs && keys === modifier + event.key.toLowerCase());
      if (chord === undefined) return;
      event.preventDefault();
      chord.act();
      return;
    }
    if (isTyping(event.target)) {
      if (event.key === "Escape") (event.target as HTMLElement).blur();
      return;
    }
    // A button or link that has the focus handles Enter itself.
    if (event.key === "Enter" && event.target instanceof HTMLElement && event.target.closest("a,button,summary"))
      return;
    const pair = before && event.timeStamp - before.atMs < togetherMs ? `${before.key} ${event.key}` : "";
    before = { key: event.key, atMs: event.timeStamp };
    const actions = allKeys();
    const found = actions.find(({ keys }) => keys === pair) ?? actions.find(({ keys }) => keys === event.key);
    if (found === undefined) return;
    event.preventDefault();
    before = undefined;
    found.act();
  });
}

/** The current key bindings. Those of the view that was mounted last take precedence. */
export const allKeys = (): KeyAction[] => [...registered].reverse().flatMap(({ current }) => current);

/** Keys of a view while it is on the screen: no key reaches the view before it. */
export function useKeys(actions: readonly KeyAction[]): void {
  const newest = useRef(actions);
  newest.current = actions;
  useLayoutEffect(() => {
    registered.add(newest);
    return () => void registered.delete(newest);
  }, []);
}
