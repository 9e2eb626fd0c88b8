/** A time without an answer from the server, by this machine's clock, ms. */
interface Outage {
  fromMs: number;
  /** Absent while it lasts. */
  toMs?: number;
}

/** Shorter ones end no attempt: a heartbeat is at least a second. */
const shortestMs = 500;
/** Maximum number of outages that are remembered. */
const most = 1000;

/**
 * Notices when the server is unavailable, with a small request every second, so that an attempt that timed out for lack of
 * heartbeats is not blamed on a worker. It decides what counts for `retry.on.lost`, never a result.
 */
export class ServerOutages {
  readonly #ask: () => Promise<unknown>;
  readonly #now: () => number;
  readonly #outages: Outage[] = [];
  #asking = false;

  /** @param ask rejects while the server is away @param now the system's clock; tests have others */
  constructor(ask: () => Promise<unknown>, now = () => Date.now()) {
    this.#ask = ask;
    this.#now = now;
  }

  /** Call it about once a second. Settles when the server has answered, or cannot. */
  async look(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const last = this.#outages.at(-1);
    const current = last && last.toMs === undefined ? last : { fromMs: this.#now() };
    if (current !== last) this.#outages.push(current);
    try {
      await this.#ask();
      current.toMs = this.#now();
      if (current.toMs - current.fromMs < shortestMs) this.#outages.pop();
      if (this.#outages.length > most) this.#outages.shift();
    } catch {
      // It lasts.
    }
    this.#asking = false;
  }

  /** Whether the server gave no answer for at least `forMs`, ms, of which some were after `sinceMs`. */
  wasAway(sinceMs: number, forMs: number): boolean {
    return this.#outages.some(({ fromMs, toMs = this.#now() }) => toMs > sinceMs && toMs - fromMs >= forMs);
  }
}
