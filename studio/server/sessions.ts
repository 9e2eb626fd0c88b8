import { timingSafeEqual } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { sha256 } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import { admit, currentLink, newSecret, type Visitor } from "./admissions.js";
import { useCode } from "./codes.js";

declare module "hono" {
  interface ContextVariableMap {
    visitor: Visitor;
    session: string;
  }
}

interface Session {
  visitor: Visitor;
  /** The link that its subject had when it began. */
  link: string;
  endsAtMs: number;
}

interface Ticket {
  session: string;
  address: string;
  endsAtMs: number;
}

/** How long a session lasts, and how long a page may take to follow a link to data; ms. */
const sessionLastsMs = 7 * 24 * 60 * 60 * 1000;
const ticketLastsMs = 60_000;
/** Sessions of a subject that are kept; the oldest end first. */
const maxSessions = 100;

/**
 * Who uses a studio. A page shows once what admits its visitor, and gets the secret of a session,
 * which it keeps in the storage of its origin and sends as a header: cookies would reach every port
 * of this machine's address, also those of other users. Sessions end with the process: another
 * program that then listens on its port, and is sent a secret or reads it from the storage, can do
 * nothing with it.
 */
export class Sessions {
  /** The id of this process; see `newCode`. */
  readonly instance = newSecret();
  readonly #sessions = new Map<string, Session>();
  readonly #tickets = new Map<string, Ticket>();

  /**
   * @param admitted who may open a session
   * @param now a clock that is never set, ms
   */
  constructor(
    readonly home: string,
    readonly admitted: readonly Visitor[],
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Opens a session for who has a code or a link. @throws PawlError NO_SESSION */
  async enter(presented: { code?: string; link?: string }): Promise<string> {
    const visitor = await this.#admittedBy(presented);
    if (visitor === undefined)
      throw noSession("this address opens no session: it was used, is too old, or was revoked", "a code or a link");
    return this.open(visitor);
  }

  /** Opens a session for a visitor. */
  async open(visitor: Visitor): Promise<string> {
    const secret = newSecret();
    const link = await admit(this.home, visitor.subject);
    const same = [...this.#sessions].filter(([, other]) => other.visitor.subject === visitor.subject);
    for (const [oldest] of same.slice(0, Math.max(0, same.length + 1 - maxSessions))) this.#sessions.delete(oldest);
    this.#sessions.set(sha256(secret), { visitor, link, endsAtMs: this.now() + sessionLastsMs });
    return secret;
  }

  /** Whose session it is; undefined if it has ended. */
  async findVisitor(secret: string): Promise<Visitor | undefined> {
    const session = this.#sessions.get(sha256(secret));
    if (session === undefined) return undefined;
    const { visitor, link, endsAtMs } = session;
    if (this.now() < endsAtMs && (await currentLink(this.home, visitor.subject)) === link) return visitor;
    this.#sessions.delete(sha256(secret));
    return undefined;
  }

  /**
   * A link to data cannot send a header: for one request of one address, soon, a ticket in the
   * address replaces it.
   */
  newTicket(session: string, address: string): string {
    for (const [key, { endsAtMs }] of this.#tickets) if (endsAtMs < this.now()) this.#tickets.delete(key);
    const secret = newSecret();
    this.#tickets.set(sha256(secret), { session, address: asUsual(address), endsAtMs: this.now() + ticketLastsMs });
    return secret;
  }

  /** The session that a ticket was made in, if it was made for this address; it is used up. */
  useTicket(secret: string, address: string): string | undefined {
    const ticket = this.#tickets.get(sha256(secret));
    this.#tickets.delete(sha256(secret));
    return ticket !== undefined && ticket.address === asUsual(address) && this.now() < ticket.endsAtMs
      ? ticket.session
      : undefined;
  }

  async #admittedBy({ code, link }: { code?: string; link?: string }): Promise<Visitor | undefined> {
    if (code !== undefined) {
      const owner = this.admitted.find(({ subject }) => subject === "owner");
      return owner !== undefined && (await useCode(this.home, this.instance, code)) ? owner : undefined;
    }
    for (const visitor of this.admitted) {
      if (visitor.subject === "owner" || link === undefined) continue;
      if (isSame(link, (await currentLink(this.home, visitor.subject)) ?? "")) return visitor;
    }
    return undefined;
  }
}

/** Lets requests for data through that have a session. @throws PawlError NO_SESSION */
export const needsSession =
  (sessions: Sessions): MiddlewareHandler =>
  async (c, next) => {
    const secret = /^Bearer (\S+)$/.exec(c.req.header("authorization") ?? "")?.[1] ?? sessionOfTicket(c, sessions);
    const visitor = secret === undefined ? undefined : await sessions.findVisitor(secret);
    if (visitor === undefined) throw noSession("this page has no session, or its session has ended", "a session");
    c.set("visitor", visitor);
    c.set("session", secret!);
    return next();
  };

function sessionOfTicket(c: Context, sessions: Sessions): string | undefined {
  const ticket = c.req.query("ticket");
  return ticket === undefined || c.req.method !== "GET" ? undefined : sessions.useTicket(ticket, c.req.url);
}

/** An address without host and ticket, however its query is written. */
function asUsual(address: string): string {
  const { pathname, searchParams } = new URL(address, "http://localhost");
  searchParams.delete("ticket");
  return `${pathname}?${searchParams.toString()}`;
}

/**
 * Whether a visitor may do what the key of the home directory allows: start code that a definition
 * names, and save files.
 */
export const isOwner = (c: Context): boolean => c.get("visitor").subject === "owner";

const isSame = (given: string, known: string): boolean => {
  const [one, other] = [Buffer.from(given), Buffer.from(known)];
  return one.length > 0 && one.length === other.length && timingSafeEqual(one, other);
};

const noSession = (message: string, expected: string): PawlError =>
  new PawlError("NO_SESSION", message, {
    expected,
    next: "on the machine of the studio, run `pawl studio` and open the address that it prints; with a link of your own, open that again",
  });
