import { useEffect, useState } from "preact/hooks";

/**
 * The page's location. The address contains the complete state, so that it can be bookmarked,
 * shared and reloaded.
 */
export interface Place {
  path: string;
  query: URLSearchParams;
}

const current = (): Place => ({ path: location.pathname, query: new URLSearchParams(location.search) });

const listeners = new Set<() => void>();
const notify = (): void => listeners.forEach((listener) => listener());

/**
 * Goes to an address of the studio.
 * @param options.replace leaves the address before out of the history
 */
export function navigate(href: string, options: { replace?: boolean } = {}): void {
  if (href === location.pathname + location.search) return;
  const isOtherPath = new URL(href, location.href).pathname !== location.pathname;
  history[options.replace ? "replaceState" : "pushState"](null, "", href);
  if (isOtherPath) scrollTo(0, 0);
  notify();
}

/** Changes parts of the query; empty values are taken out. */
export function setQuery(changes: Record<string, string | undefined>, options = { replace: true }): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === "") query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
  navigate(location.pathname + (text === "" ? "" : `?${text}`), options);
}

/** The current location, updated on navigation. */
export function usePlace(): Place {
  const [place, setPlace] = useState(current);
  useEffect(() => {
    const update = (): void => setPlace(current());
    listeners.add(update);
    update();
    return () => void listeners.delete(update);
  }, []);
  return place;
}

/** Links of the studio change the address without loading the page again. */
export function followLinks(): void {
  addEventListener("popstate", notify);
  document.addEventListener("click", (event) => {
    const link = (event.target as Element).closest?.("a");
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !isPlain || event.defaultPrevented || link.target || link.hasAttribute("download")) return;
    if (link.origin !== location.origin || link.pathname.startsWith("/api/")) return;
    event.preventDefault();
    navigate(link.pathname + link.search);
  });
}
