/**
 * The session of this browser with this studio. It is in the storage of the studio's origin, and is
 * sent as a header: a cookie would reach every port of the studio's host.
 */
const key = "pawl-session";

/** What a request for data needs. */
export function sessionHeaders(): Record<string, string> {
  const secret = localStorage.getItem(key);
  return secret === null ? {} : { authorization: `Bearer ${secret}` };
}

/**
 * Exchanges what the address of the page holds behind `#`, a code or a link, for a session, and
 * takes it out of the address. If that fails (a code works once), the session that the browser has
 * is used; without one, the views say what to do.
 * @returns whether there is a new session
 */
export async function enter(): Promise<boolean> {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const [code, link] = [fragment.get("code"), fragment.get("link")];
  if (code === null && link === null) return false;
  history.replaceState(null, "", location.pathname + location.search);
  const body = JSON.stringify(code === null ? { link } : { code });
  const headers = { "content-type": "application/json" };
  const response = await fetch("/api/session", { method: "POST", headers, body }).catch(() => undefined);
  if (!response?.ok) return false;
  const { session } = (await response.json()) as { session: string };
  localStorage.setItem(key, session);
  return true;
}

/**
 * Calls `act` when another page of the studio has got a session, or an address with a code or a
 * link is opened in this one.
 */
export function onNewSession(act: () => void): void {
  addEventListener("storage", (event) => event.key === key && event.newValue !== null && act());
  addEventListener("hashchange", () => void enter().then((isNew) => isNew && act()));
}
