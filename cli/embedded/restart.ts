import { describeError } from "../../platform/text/describe-error.js";
import { ensureServer } from "./ensure.js";

/** Wait before a server that did not start is started again, ms. */
const againMs = 10_000;

/**
 * Starts the embedded server of a home directory again after it has died, in the background, as the
 * next command would.
 */
export class Restarts {
  readonly #start: () => Promise<unknown>;
  #underWay = false;
  #failure: string | undefined;
  #notBefore = -Infinity;

  /** @param start as `ensureServer`; tests have others */
  constructor(home: string, start: () => Promise<unknown> = () => ensureServer(home, () => undefined)) {
    this.#start = start;
  }

  /** Starts it unless that is under way, or has just failed. Returns the note to show meanwhile. */
  tryNow(): string {
    if (!this.#underWay && performance.now() >= this.#notBefore) void this.#tryOnce();
    return this.#failure === undefined
      ? "the embedded server has died: starting it again"
      : `the embedded server has died, and does not start again: ${this.#failure}`;
  }

  async #tryOnce(): Promise<void> {
    this.#underWay = true;
    try {
      await this.#start();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = describeError(error);
      this.#notBefore = performance.now() + againMs;
    }
    this.#underWay = false;
  }
}
