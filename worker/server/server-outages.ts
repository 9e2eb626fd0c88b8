/** A time without an answer from the server, by the monotonic clock, ms. */
interface Outage {
  fromMs: number;
  /** Absent while the outage lasts. */
  toMs?: number;
  /** The same by the wall clock, to compare with times of workflows. */
  endedAtMs?: number;
}

/** This machine's clock, which may be set, and one that only goes forward. */
interface Clocks {
  epochMs: () => number;
  monotonicMs: () => number;
}

const systemClocks: Clocks = { epochMs: () => Date.now(), monotonicMs: () => performance.now() };

/** Shorter ones end no attempt: a heartbeat is at least a second. */
const minMs = 500;
/** Maximum number of outages that are remembered. */
const most = 1000;

/**
 * Notices when the server is unavailable, with a small request every second, so that an attempt
 * that timed out for lack of heartbeats is not blamed on a worker. It decides what counts for
 * `retry.on.lost`, never a result.
 */
export class ServerOutages {
  readonly #ask: () => Promise<unknown>;
  readonly #clocks: Clocks;
  readonly #outages: Outage[] = [];
  #asking = false;

  /** @param ask rejects while the server is away @param clocks the system's; tests have others */
  constructor(ask: () => Promise<unknown>, clocks = systemClocks) {
    this.#ask = ask;
    this.#clocks = clocks;
  }

  /** Call it about once a second. Settles when the server has answered, or cannot. */
  async look(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    const last = this.#outages.at(-1);
    const current = last && last.toMs === undefined ? last : { fromMs: this.#clocks.monotonicMs() };
    if (current !== last) this.#outages.push(current);
    try {
      await this.#ask();
      current.toMs = this.#clocks.monotonicMs();
      current.endedAtMs = this.#clocks.epochMs();
      if (current.toMs - current.fromMs < minMs) this.#outages.pop();
      if (this.#outages.length > most) this.#outages.shift();
    } catch {
      // It lasts.
    }
    this.#asking = false;
  }

  /**
   * Whether the server gave no answer for at least `forMs`, ms, of which some were after `sinceMs`,
   * epoch ms.
   */
  wasAway(sinceMs: number, forMs: number): boolean {
    const now = this.#clocks.monotonicMs();
    return this.#outages.some(
      ({ fromMs, toMs = now, endedAtMs = Infinity }) => endedAtMs > sinceMs && toMs - fromMs >= forMs,
    );
  }
}
