/**
 * Shortest and longest wait before a process that ends soon after it was ready is restarted, ms.
 */
const minMs = 250;
const maxRestartDelayMs = 15_000;
/** A process that has worked for this long, ms, does not count as one that dies repeatedly. */
const soundAfterMs = 30_000;

/**
 * How a process ended: how long it had accepted tasks, ms (undefined: never), and whether it exited
 * normally.
 */
export interface Ending {
  worked: number | undefined;
  inOrder: boolean;
}

/**
 * How long to wait before a process is started again. There is no wait after an orderly end, after
 * the first loss, and after the loss of a process that had worked for a while. Otherwise the wait
 * doubles, from 250 ms to 15 s: a process that dies right after it is ready, or before, must not
 * keep a core busy.
 */
export class RestartDelay {
  /** Consecutive starts that failed. */
  #failed = 0;

  /** @param maxMs the longest wait, ms; 0: no wait */
  constructor(private readonly maxMs = maxRestartDelayMs) {}

  /** @returns ms */
  next({ worked, inOrder }: Ending): number {
    if (worked !== undefined && (inOrder || worked >= soundAfterMs)) {
      this.#failed = 0;
      return 0;
    }
    const forgiven = worked === undefined ? 0 : 1;
    const waits = this.#failed++ - forgiven;
    return waits < 0 ? 0 : Math.min(minMs * 2 ** waits, this.maxMs);
  }
}
