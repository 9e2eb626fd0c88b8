import { Worker } from "node:worker_threads";
import { PawlError } from "../../platform/errors.js";
import { threadProgram } from "../../platform/thread-program.js";
import type { RuleSettings, Verdict } from "./rule.js";
import { threadStackMiB } from "./sandbox.js";
import type { ScoredRow } from "./scorer.js";
import type { ThreadReply } from "./thread.js";

/** Time for a thread to start and to load its rule. */
const openLimitMs = 120_000;

/**
 * A time limit is met after so many looks at equal distances: where this process stood still, or got no processor, so did
 * its looks, and the limit moves on.
 */
const looks = 20;

/** The thread's reply, or how it came to an end instead. */
type End = ThreadReply | { failure: "error" | "outOfMemory" | "timeout"; message: string };

/**
 * A rule in a thread of its own, one row at a time. A row that takes more memory than allowed, or ends the thread, costs
 * the thread its life; the next row gets a new one. If that thread had judged other rows, what it kept of them may be the
 * cause, and which rows these are depends on where the attempt began: the row is judged again in a fresh thread, and only
 * that verdict counts. A row that takes longer than the time limit fails the attempt: how long it takes depends on the
 * machine, and so must not become a score.
 */
export class RuleThread {
  readonly #settings: RuleSettings;
  /** The rule's place in `with`, for messages. */
  readonly #where: string;
  #worker: Worker | undefined;
  /** The thread has judged no row yet. */
  #fresh = true;
  #settle: (end: End) => void = () => {};

  constructor(settings: RuleSettings, where: string) {
    this.#settings = settings;
    this.#where = where;
  }

  /** Starts the thread. @throws PawlError MODULE_INVALID, RULE_TIMEOUT, RESOURCES_EXHAUSTED; signal.reason */
  async open(signal: AbortSignal): Promise<void> {
    const { kind, memoryLimitBytes } = this.#settings;
    const heap = kind === "module" ? { maxOldGenerationSizeMb: Math.ceil(memoryLimitBytes / 2 ** 20) } : {};
    const { file, argv } = threadProgram(import.meta.dirname, "thread");
    const worker = new Worker(file, {
      argv,
      workerData: this.#settings,
      // The worker's environment holds tokens and passwords; a module has no business with them.
      env: {},
      resourceLimits: { stackSizeMb: threadStackMiB, ...heap },
    });
    const end = this.#next(openLimitMs, signal);
    const died = (how: End): void => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#settle(how);
    };
    worker.on("message", (reply: ThreadReply) => this.#worker === worker && this.#settle(reply));
    worker.on("error", (error: Error & { code?: string }) => died(deathOf(error)));
    worker.on("exit", (code) => died({ failure: "error", message: `its thread ended with code ${code}` }));
    this.#worker = worker;
    this.#fresh = true;
    const got = await end;
    if ("opened" in got && got.opened) return;
    await this.close();
    if ("machine" in got) throw this.#noResources(got.machine);
    if ("failure" in got && got.failure === "timeout") throw this.#tooLong("it was not loaded", openLimitMs);
    throw this.#notLoaded("message" in got ? got.message : "it answered before it was asked");
  }

  /**
   * The verdict on a row.
   * @throws PawlError RULE_TIMEOUT naming the row, RESOURCES_EXHAUSTED, and what `open` throws; signal.reason, as soon as it
   *   is aborted; the thread is gone then
   */
  async run(row: ScoredRow, signal: AbortSignal): Promise<Verdict> {
    if (this.#worker === undefined) await this.open(signal);
    const fresh = this.#fresh;
    this.#fresh = false;
    const { timeLimitMs } = this.#settings;
    const end = this.#next(timeLimitMs, signal);
    this.#worker?.postMessage(row);
    const got = await end;
    if ("verdict" in got) return got.verdict;
    if ("machine" in got) throw this.#noResources(got.machine);
    if (!("failure" in got)) return { failure: "error", message: "its thread opened twice" };
    if (got.failure === "timeout") throw this.#tooLong(`there was no verdict on ${nameOf(row)}`, timeLimitMs!);
    if (!fresh) return this.run(row, signal);
    return { failure: got.failure, message: got.message };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  /** What the thread says or comes to next; one that says nothing in time, or is no longer wanted, is ended. */
  async #next(limitMs: number | undefined, signal: AbortSignal): Promise<End> {
    const waiting = new AbortController();
    try {
      return await new Promise<End>((resolve, reject) => {
        this.#settle = resolve;
        const expired: End = { failure: "timeout", message: "" };
        if (limitMs !== undefined) {
          let seen = 0;
          const look = (): void => {
            if (++seen === looks) void this.close().then(() => resolve(expired));
          };
          const timer = setInterval(look, Math.max(1, limitMs / looks));
          waiting.signal.addEventListener("abort", () => clearInterval(timer));
        }
        const stop = (): void => void this.close().then(() => reject(signal.reason as Error));
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { signal: waiting.signal });
      });
    } finally {
      waiting.abort();
    }
  }

  #tooLong(what: string, limitMs: number): PawlError {
    return new PawlError("RULE_TIMEOUT", `${what} within ${limitMs} ms`, {
      where: this.#where,
      expected: "a rule that ends; a time limit never becomes a score",
      next: "nothing, if the machine was stopped or overloaded: the stage is retried; else correct the rule, or leave the row out",
    });
  }

  #notLoaded(why: string): PawlError {
    const { file, kind } = this.#settings;
    return new PawlError("MODULE_INVALID", `the rule cannot be loaded: ${why}`, {
      where: file === undefined ? this.#where : `${this.#where}.path`,
      expected: "a JavaScript module with `export default (row) => …`",
      got: file ?? kind,
      next: "correct the module; `node FILE` shows where it fails",
    });
  }

  #noResources(why: string): PawlError {
    return new PawlError("RESOURCES_EXHAUSTED", `the rule got no verdict: ${why}`, {
      where: this.#where,
      next: "nothing, if this passes: the stage is retried; else let less run at the same time on this machine",
    });
  }
}

/** `the response "…" to "…"`. */
function nameOf({ prompt, response }: ScoredRow): string {
  const head = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return `the response ${head(response)} to ${head(prompt)}`;
}

function deathOf(error: Error & { code?: string }): End {
  if (error.code === "ERR_WORKER_INIT_FAILED") return { machine: error.message };
  return { failure: error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "outOfMemory" : "error", message: error.message };
}
