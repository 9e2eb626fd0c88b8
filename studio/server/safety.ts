import type { Context, MiddlewareHandler } from "hono";
import { PawlError } from "../../platform/errors.js";

/** The names of this machine's own loopback addresses. */
export const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"] as const;

/** Nothing but the studio's own files; no script and no style inside the page. */
const policy = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Headers that every response has; one that is no part of the page may have a stricter policy of
 * its own.
 */
export const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has("content-security-policy")) c.header("content-security-policy", policy);
  c.header("x-content-type-options", "nosniff");
  c.header("referrer-policy", "no-referrer");
  c.header("cross-origin-resource-policy", "same-origin");
  c.header("cross-origin-opener-policy", "same-origin");
};

/**
 * Refuses requests for another host (a page elsewhere whose name was rebound to this machine),
 * changes that do not come from a page of the same origin, and requests for data by pages of other
 * sites.
 * @param hosts names under which the server may be reached, without port; absent: any
 * @throws PawlError REQUEST_REFUSED
 */
export const onlyOwnPages =
  (hosts?: readonly string[]): MiddlewareHandler =>
  async (c, next) => {
    checkHost(c, hosts);
    if (!["GET", "HEAD"].includes(c.req.method)) checkOrigin(c);
    else refuseOtherSites(c);
    return next();
  };

function checkHost(c: Context, hosts: readonly string[] | undefined): void {
  const host = c.req.header("host") ?? "";
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (hosts !== undefined && !hosts.includes(name))
    throw refused(`nothing is answered for the host ${JSON.stringify(host)}`, hosts.join(", "), host);
}

/**
 * A browser says where a request comes from; another program need not, and has no session that a
 * page could abuse.
 */
function checkOrigin(c: Context): void {
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  const own = c.req.header("host") ?? "";
  if (origin !== undefined && originHost(origin) !== own)
    throw refused("a page of another origin may change nothing here", own, origin);
  if (site !== undefined && site !== "same-origin")
    throw refused("a page of another site may change nothing here", "same-origin", site);
}

/** Data is for pages of the same origin; these pages may be opened from anywhere. */
function refuseOtherSites(c: Context): void {
  const site = c.req.header("sec-fetch-site");
  const isData = c.req.path.startsWith("/api/");
  if (isData && site !== undefined && !["same-origin", "none"].includes(site))
    throw refused("a page of another site may read nothing here", "same-origin", site);
}

const originHost = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);

const refused = (message: string, expected: string, got: string): PawlError =>
  new PawlError("REQUEST_REFUSED", message, { expected, got, next: "open the address that Pawl prints" });
