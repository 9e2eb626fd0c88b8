import { createHmac, timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { PawlError } from "../../platform/errors.js";
import { sha256 } from "../../platform/digests.js";
import { homeKey } from "../../store/home-key.js";

/** Who may use a studio. */
export interface Access {
  /** Names under which the studio may be reached, without port; undefined: any. */
  hosts?: readonly string[];
  /** One of whose tokens a visitor has to show once; undefined: whoever reaches the studio may use it. */
  visitors?: readonly Visitor[];
  /** On a loopback address: what shows that a visitor has the key of the home directory, as `pawl run` has. */
  ownerToken?: string;
}

/** Somebody who may use a studio. */
export interface Visitor {
  token: string;
  /** Who answers with this token; undefined: whoever the visitor says. */
  person?: string;
}

/** The names of this machine's own loopback addresses. */
export const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"] as const;

/** The name of the query parameter and of the cookie that hold the token. */
const tokenName = "token";
/** Studios of several home directories may answer at ports of one host, whose cookies they share. */
const cookieOf = (token: string): string => `pawl-studio-${sha256(token).slice(0, 8)}`;

/** Nothing but the studio's own files; no script and no style inside the page. */
const policy = [
  "default-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * The token of a home directory's studio: it stays the same, so that pages survive a restart, and follows from the key of the
 * home directory, which it does not reveal.
 */
export const studioToken = (home: string): string => tokenFor(home, "studio");

/** The token of one person, made like {@link studioToken}. */
export const personToken = (home: string, person: string): string => tokenFor(home, `studio\0${person}`);

const tokenFor = (home: string, purpose: string): string =>
  createHmac("sha256", homeKey(home)).update(purpose).digest("base64url").slice(0, 32);

/** Headers that every response has; one that is no part of the page may have a stricter policy of its own. */
export const secureHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  if (!c.res.headers.has("content-security-policy")) c.header("content-security-policy", policy);
  c.header("x-content-type-options", "nosniff");
  c.header("referrer-policy", "no-referrer");
  c.header("cross-origin-resource-policy", "same-origin");
  c.header("cross-origin-opener-policy", "same-origin");
};

/**
 * Refuses requests for another host (a page elsewhere whose name was rebound to this machine), requests without the token if
 * there is one, and changes that do not come from the studio's own page.
 * @throws PawlError REQUEST_REFUSED
 */
export const onlyAllowed =
  (access: Access): MiddlewareHandler =>
  async (c, next) => {
    checkHost(c, access);
    if (!["GET", "HEAD"].includes(c.req.method)) checkOrigin(c);
    else refuseOtherSites(c);
    const given = c.req.query(tokenName);
    const tokens = tokensOf(access);
    const token = given === undefined ? undefined : tokens.find((one) => isToken(given, one));
    if (token !== undefined) return remember(c, token, tokens);
    if (access.visitors !== undefined && !tokens.some((one) => hasCookie(c, one))) throw noToken();
    return next();
  };

const tokensOf = ({ visitors = [], ownerToken }: Access): string[] => [
  ...visitors.map(({ token }) => token),
  ...(ownerToken === undefined ? [] : [ownerToken]),
];

/**
 * Whether a visitor may do what the key of the home directory allows: start code that a definition names, and save files. On
 * a loopback address other users of the machine reach the studio, too; they do not have its token. Elsewhere nobody may.
 */
export const isOwner = (c: Context, { ownerToken }: Access): boolean =>
  ownerToken !== undefined && hasCookie(c, ownerToken);

/** The person whose token a visitor has shown; undefined if their token names nobody. */
export const personOfToken = (c: Context, { visitors = [] }: Access): string | undefined =>
  visitors.find(({ token }) => hasCookie(c, token))?.person;

const hasCookie = (c: Context, token: string): boolean => isToken(getCookie(c, cookieOf(token)) ?? "", token);

function checkHost(c: Context, { hosts }: Access): void {
  const host = c.req.header("host") ?? "";
  const name = host.replace(/:\d+$/, "").toLowerCase();
  if (hosts !== undefined && !hosts.includes(name))
    throw refused(`this studio does not answer for the host ${JSON.stringify(host)}`, hosts.join(", "), host);
}

/** A browser sends where a request comes from; another program may leave it out, but then has no cookie to be abused. */
function checkOrigin(c: Context): void {
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  const own = c.req.header("host") ?? "";
  if (origin !== undefined && hostOf(origin) !== own)
    throw refused("a page of another origin may change nothing here", own, origin);
  if (site !== undefined && site !== "same-origin")
    throw refused("a page of another site may change nothing here", "same-origin", site);
  // A form of another page cannot set a header of its own.
  if (c.req.header("x-pawl") === undefined)
    throw refused("a request that changes something needs the header x-pawl", "x-pawl: 1", "no such header");
}

/** Data is for the studio's own page; its pages may be opened from anywhere. */
function refuseOtherSites(c: Context): void {
  const site = c.req.header("sec-fetch-site");
  const isData = c.req.path.startsWith("/api/");
  if (isData && site !== undefined && !["same-origin", "none"].includes(site))
    throw refused("a page of another site may read nothing here", "same-origin", site);
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);

/** Keeps the token in a cookie, instead of another one of this studio, and takes it out of the address. */
function remember(c: Context, token: string, tokens: readonly string[]): Response {
  for (const other of tokens) if (other !== token) deleteCookie(c, cookieOf(other), { path: "/" });
  setCookie(c, cookieOf(token), token, { httpOnly: true, sameSite: "Strict", path: "/", maxAge: 30 * 24 * 60 * 60 });
  const { pathname, searchParams } = new URL(c.req.url);
  searchParams.delete(tokenName);
  const query = searchParams.size > 0 ? `?${searchParams.toString()}` : "";
  // Two slashes would name another host.
  return c.redirect(`/${pathname.replace(/^\/+/, "")}${query}`);
}

const isToken = (given: string, token: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(token)];
  return one.length === other.length && timingSafeEqual(one, other);
};

const refused = (message: string, expected: string, got: string): PawlError =>
  new PawlError("REQUEST_REFUSED", message, { expected, got, next: "open the address that `pawl studio` prints" });

const noToken = (): PawlError =>
  refused("this studio needs its token", "an address with token=…, once in each browser", "no token");
