/** Maximum age of a view that answers a single request, ms. */
const newEnoughMs = 1000;

/**
 * Something that is looked at again and again while somebody follows it, and not at all otherwise.
 * All followers share one look; a slow follower misses those in between, never the last.
 */
export class Watched<T> {
  #followers = 0;
  #last: { value: T; atMs: number } | undefined;
  #looking: Promise<T> | undefined;
  #loop: Promise<void> | undefined;
  #version = 0;
  readonly #wakers = new Set<() => void>();

  /**
   * @param look reads it; never throws
   * @param pause waits until another look is worth it, or nobody follows any more
   */
  constructor(
    private readonly look: (before: T | undefined) => Promise<T>,
    private readonly pause: (last: T, closed: AbortSignal) => Promise<void>,
  ) {}

  get isFollowed(): boolean {
    return this.#followers > 0;
  }

  /** Returns a recent view, or reads a new one. */
  async now(): Promise<T> {
    const last = this.#last;
    return last !== undefined && performance.now() - last.atMs < newEnoughMs ? last.value : this.#lookOnce();
  }

  /** Yields the last view and then each newer one, until `signal` is aborted. */
  async *follow(signal: AbortSignal): AsyncGenerator<T> {
    this.#followers++;
    const closed = new AbortController();
    const stop = (): void => closed.abort();
    signal.addEventListener("abort", stop);
    try {
      this.#loop ??= this.#run();
      let seen = -1;
      while (!signal.aborted) {
        if (this.#last !== undefined && this.#version !== seen) {
          seen = this.#version;
          yield this.#last.value;
        } else await this.#change(closed.signal);
      }
    } finally {
      signal.removeEventListener("abort", stop);
      if (--this.#followers === 0) this.#wakeLoop();
    }
  }

  #wakeLoop: () => void = () => undefined;

  async #run(): Promise<void> {
    while (this.#followers > 0) {
      const value = await this.#lookOnce();
      const closed = new AbortController();
      this.#wakeLoop = () => closed.abort();
      if (this.#followers > 0) await this.pause(value, closed.signal);
    }
    this.#loop = undefined;
    if (this.#followers > 0) this.#loop = this.#run();
  }

  #lookOnce(): Promise<T> {
    this.#looking ??= this.look(this.#last?.value).then((value) => {
      this.#last = { value, atMs: performance.now() };
      this.#version++;
      this.#looking = undefined;
      for (const wake of this.#wakers) wake();
      return value;
    });
    return this.#looking;
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#wakers.delete(done);
        signal.removeEventListener("abort", done);
        resolve();
      };
      this.#wakers.add(done);
      signal.addEventListener("abort", done);
      if (signal.aborted) done();
    });
  }
}
