import { lookup } from "node:dns";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import { PawlError } from "../../../platform/errors.js";
import { netrcCredentials } from "./netrc.js";

export interface AddressRequest {
  url: string;
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  /**
   * A host that the workers' own configuration names, and not a definition: it may be in their
   * network.
   */
  operatorsHost?: string;
  /** Resolves host names. Tests replace it. */
  resolve?: LookupFunction;
}

/**
 * The variable by which an operator lets addresses lead to the worker's own machine and networks.
 */
const allowLocal = "PAWL_ALLOW_LOCAL_ADDRESSES";
const maxRedirects = 10;
/**
 * A connection that receives nothing for this long, ms, is closed; the download continues later.
 */
const idleMs = 300_000;

/** Loopback addresses, and networks that are not the internet. */
const local = blockList([
  ["127.0.0.0", 8],
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["::1", 128],
  ["::", 128],
  ["fc00::", 7],
]);
/** Addresses at which clouds serve the machine's credentials, most of them link-local. */
const linkLocal = blockList([
  ["169.254.0.0", 16],
  ["100.100.100.200", 32],
  ["fe80::", 10],
  ["fd00:ec2::254", 128],
]);

/**
 * Requests an address and follows redirects: to the same scheme (or from http to https), and never
 * to the worker's own machine or its networks. The definition itself may write such an address, as
 * numbers or `localhost`, but no name that stands for one (whoever owns the name chooses what it
 * stands for), and no link-local one. Names are resolved once for each connection, and the resolved
 * addresses are checked then. Headers, which may hold a token, go to the first origin only.
 * @returns the response, whatever its status, its body not read
 * @throws PawlError NOT_ALLOWED (refused by these rules), DATA_MISSING (too many redirects); system
 *   errors of the connection
 */
export async function fetchAddress(request: AddressRequest): Promise<IncomingMessage> {
  const first = new URL(request.url);
  let url = first;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const way: Way = { first, url, operatorsHost: request.operatorsHost };
    refuseForbidden(way);
    const headers =
      url.origin === first.origin
        ? { ...(await netrcCredentials(url)), ...request.headers }
        : withoutSecrets(request.headers);
    const answer = await ask(url, headers, guarded(way, request.resolve ?? lookup), request.signal);
    const location = answer.headers.location;
    if (![301, 302, 303, 307, 308].includes(answer.statusCode!) || location === undefined) return answer;
    answer.destroy();
    url = redirected(url, location);
  }
  throw new PawlError("DATA_MISSING", "the server sends too many redirects", {
    where: printableAddress(request.url),
    expected: `at most ${maxRedirects} redirects`,
    next: "check the address",
  });
}

/**
 * Sends a body to an address, with the method POST. Redirects are not followed: they would carry
 * the body, and what the address holds, elsewhere.
 * @returns the response, whatever its status, its body not read
 * @throws as fetchAddress
 */
export async function postAddress(request: AddressRequest & { body: string }): Promise<IncomingMessage> {
  const url = new URL(request.url);
  const way: Way = { first: url, url, operatorsHost: request.operatorsHost };
  refuseForbidden(way);
  return ask(url, { ...request.headers }, guarded(way, request.resolve ?? lookup), request.signal, request.body);
}

/**
 * An address as messages show it: without user and password, and without its query, which may carry
 * a signature.
 */
export function printableAddress(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  const upgrade = from.protocol === "http:" && to?.protocol === "https:";
  if (to !== undefined && (to.protocol === from.protocol || upgrade)) return to;
  throw new PawlError("NOT_ALLOWED", "the server redirects to another scheme", {
    where: printableAddress(from.href),
    expected: from.protocol === "http:" ? "http: or https:" : from.protocol,
    got: to?.protocol ?? "something that is not an address",
    next: "name the address that it redirects to, if you trust it",
  });
}

/** The requested address and the target of redirects. */
interface Way {
  first: URL;
  url: URL;
  operatorsHost: string | undefined;
}

const hostIn = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

/** IP addresses are not looked up. */
function refuseForbidden(way: Way): void {
  const host = hostIn(way.url);
  if (isIP(host) && !mayLeadTo(host, way)) throw notAllowed(way, host);
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
function guarded(way: Way, resolve: LookupFunction): LookupFunction {
  return (host, options, done) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      const addresses = typeof found === "string" ? [{ address: found, family: isIP(found) }] : found;
      const refused = error ? undefined : addresses.find(({ address }) => !mayLeadTo(address, way));
      if (error) return done(error, "", 0);
      if (refused) return done(notAllowed(way, refused.address), "", 0);
      if (options.all) return done(null, addresses);
      const [{ address, family } = { address: "", family: 0 }] = addresses;
      done(null, address, family);
    });
}

function mayLeadTo(address: string, { first, url, operatorsHost }: Way): boolean {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  if (process.env[allowLocal] === "1") return true;
  if (linkLocal.check(address, family)) return false;
  if (!local.check(address, family) || url.hostname === operatorsHost) return true;
  const host = hostIn(first);
  return url.hostname === first.hostname && (isIP(host) !== 0 || host === "localhost");
}

function notAllowed({ first, url }: Way, address: string): PawlError {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  const allow = `set ${allowLocal}=1 for the workers, if all that they run may reach their network`;
  const isName = url === first && !linkLocal.check(address, family);
  return new PawlError("NOT_ALLOWED", "the address leads to this machine or its network", {
    where: printableAddress(url.href),
    expected: "an address of the internet",
    got: address,
    next: isName ? `write ${address} in place of the name, or ${allow}` : allow,
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
