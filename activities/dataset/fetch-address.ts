import { lookup } from "node:dns";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { PawlError } from "../../platform/errors.js";
import { credentialsOf } from "./netrc.js";

export interface AddressRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /** Resolves the names of hosts; tests have their own. */
  resolve?: LookupFunction;
}

/** The variable by which an operator lets addresses lead to the worker's own machine and its link-local network. */
const allowLocal = "PAWL_ALLOW_LOCAL_ADDRESSES";
const mostRedirects = 10;
/** A connection that receives nothing for this long, ms, is closed; the download continues later. */
const idleMs = 300_000;

const loopback = blockList([
  ["127.0.0.0", 8],
  ["0.0.0.0", 8],
  ["::1", 128],
  ["::", 128],
]);
/** Link-local addresses: clouds serve the machine's credentials there. */
const linkLocal = blockList([
  ["169.254.0.0", 16],
  ["fe80::", 10],
  ["fd00:ec2::254", 128],
]);

/**
 * Requests an address and follows redirects: to the same scheme (or from http to https), and never to the worker's own
 * machine or its link-local network. The definition itself may name this machine, but not its link-local network. Names
 * are resolved once for each connection, and the resolved addresses are checked then. Headers,
 * which may hold a token, go to the first origin only.
 * @returns the response, whatever its status, its body not read
 * @throws PawlError NOT_ALLOWED (refused by these rules), DATA_MISSING (too many redirects); system errors of the connection
 */
export async function fetchAddress(request: AddressRequest): Promise<IncomingMessage> {
  const first = new URL(request.url);
  let url = first;
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    refuseForbidden(first, url);
    const headers =
      url.origin === first.origin
        ? { ...(await credentialsOf(url)), ...request.headers }
        : withoutSecrets(request.headers);
    const answer = await ask(url, headers, guarded(first, url, request.resolve ?? lookup), request.signal);
    const location = answer.headers.location;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode!) || location === undefined) return answer;
    answer.destroy();
    url = redirected(url, location);
  }
  throw new PawlError("DATA_MISSING", "the server sends too many redirects", {
    where: shownAddress(request.url),
    expected: `at most ${mostRedirects} redirects`,
    next: "check the address",
  });
}

/**
 * Sends a body to an address, with the method POST. Redirects are not followed: they would carry the body, and what the
 * address holds, elsewhere.
 * @returns the response, whatever its status, its body not read
 * @throws as fetchAddress
 */
export async function postAddress(request: AddressRequest & { body: string }): Promise<IncomingMessage> {
  const url = new URL(request.url);
  refuseForbidden(url, url);
  return ask(url, { ...request.headers }, guarded(url, url, request.resolve ?? lookup), request.signal, request.body);
}

/** An address as messages show it: without user and password, and without its query, which may carry a signature. */
export function shownAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const upgrade = from.protocol === "http:" && to?.protocol === "https:";
  if (to !== undefined && (to.protocol === from.protocol || upgrade)) return to;
  throw new PawlError("NOT_ALLOWED", "the server redirects to another scheme", {
    where: shownAddress(from.href),
    expected: from.protocol === "http:" ? "http: or https:" : from.protocol,
    got: to?.protocol ?? "something that is not an address",
    next: "name the address that it redirects to, if you trust it",
  });
}

/** An address in place of a name is not looked up. */
function refuseForbidden(first: URL, url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(host) && !mayLeadTo(host, first, url)) throw notAllowed(url, host);
}

/** @param body is sent, with POST; absent: GET */
function ask(
  url: URL,
  headers: Record<string, string>,
  resolve: LookupFunction,
  signal: AbortSignal,
  body?: string,
): Promise<IncomingMessage> {
  return new Promise((settle, reject) => {
    const { request: send }: Pick<typeof http, "request"> = url.protocol === "https:" ? https : http;
    const method = body === undefined ? "GET" : "POST";
    const options = { method, headers, lookup: resolve, signal, timeout: idleMs, agent: false as const };
    const request = send(new URL(url.origin + url.pathname + url.search), options, settle);
    request.on("timeout", () => request.destroy(new Error(`no data arrived for ${idleMs / 1000} s`)));
    request.on("error", reject);
    request.end(body);
  });
}

/** Resolves names, and refuses forbidden addresses. */
function guarded(first: URL, url: URL, resolve: LookupFunction): LookupFunction {
  return (host, options, done) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      const addresses = typeof found === "string" ? [{ address: found, family: isIP(found) }] : found;
      const refused = error ? undefined : addresses.find(({ address }) => !mayLeadTo(address, first, url));
      if (error) return done(error, "", 0);
      if (refused) return done(notAllowed(url, refused.address), "", 0);
      if (options.all) return done(null, addresses);
      const [{ address, family } = { address: "", family: 0 }] = addresses;
      done(null, address, family);
    });
}

function mayLeadTo(address: string, first: URL, url: URL): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (process.env[allowLocal] === "1") return true;
  if (linkLocal.check(address, family)) return false;
  return !loopback.check(address, family) || url.hostname === first.hostname;
}

function notAllowed(url: URL, address: string): PawlError {
  return new PawlError("NOT_ALLOWED", "the address leads to this machine, or to its link-local network", {
    where: shownAddress(url.href),
    expected: "an address of another machine",
    got: address,
    next: `if it is this machine, name it in the definition; to allow both, set ${allowLocal}=1 for the workers`,
  });
}

function withoutSecrets(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^(authorization|cookie)$/i.test(name)));
}

function blockList(ranges: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of ranges) list.addSubnet(address, prefix, isIP(address) === 6 ? "ipv6" : "ipv4");
  return list;
}
