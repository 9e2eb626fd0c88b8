import { Worker } from "node:worker_threads";
import { threadProgram } from "../../platform/thread-program.js";
import type { RuleSettings, Verdict } from "./rule.js";
import { threadStackMiB } from "./sandbox.js";
import type { ScoredRow } from "./scorer.js";
import type { ThreadReply } from "./thread.js";

/** Time for a thread to start and to load its rule. */
const openLimitMs = 30_000;

/** The thread's reply, or how it came to an end instead. */
type End = ThreadReply | { failure: "error" | "timeout" | "outOfMemory"; message: string };

/**
 * A rule in a thread of its own, one row at a time. A row that takes longer than the time limit, or more memory, costs the
 * thread its life; the next row gets a new one.
 */
export class RuleThread {
  readonly #settings: RuleSettings;
  #worker: Worker | undefined;
  #settle: (end: End) => void = () => {};

  constructor(settings: RuleSettings) {
    this.#settings = settings;
  }

  /** Starts the thread. @throws Error saying why the rule cannot be loaded; signal.reason */
  async open(signal: AbortSignal): Promise<void> {
    const { kind, memoryLimitBytes } = this.#settings;
    const heap = kind === "module" ? { maxOldGenerationSizeMb: Math.ceil(memoryLimitBytes / 2 ** 20) } : {};
    const { file, argv } = threadProgram(import.meta.dirname, "thread");
    const worker = new Worker(file, {
      argv,
      workerData: this.#settings,
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
    const got = await end;
    if ("opened" in got && got.opened) return;
    await this.close();
    throw new Error("message" in got ? got.message : "it answered before it was asked");
  }

  /** Never fails but by @throws signal.reason, as soon as it is aborted; the thread is gone then. */
  async run(row: ScoredRow, signal: AbortSignal): Promise<Verdict> {
    try {
      if (this.#worker === undefined) await this.open(signal);
    } catch (error) {
      signal.throwIfAborted();
      return { failure: "error", message: (error as Error).message };
    }
    const end = this.#next(this.#settings.timeLimitMs, signal);
    this.#worker?.postMessage(row);
    const got = await end;
    if ("verdict" in got) return got.verdict;
    if ("failure" in got) return got;
    return { failure: "error", message: "its thread opened twice" };
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  /** What the thread says or comes to next; one that says nothing in time, or is no longer wanted, is ended. */
  async #next(limitMs: number, signal: AbortSignal): Promise<End> {
    const waiting = new AbortController();
    try {
      return await new Promise<End>((resolve, reject) => {
        this.#settle = resolve;
        const expired: End = { failure: "timeout", message: `it took longer than ${limitMs} ms` };
        const timer = setTimeout(() => void this.close().then(() => resolve(expired)), limitMs);
        waiting.signal.addEventListener("abort", () => clearTimeout(timer));
        const stop = (): void => void this.close().then(() => reject(signal.reason as Error));
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { signal: waiting.signal });
      });
    } finally {
      waiting.abort();
    }
  }
}

function deathOf(error: Error & { code?: string }): End {
  return { failure: error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "outOfMemory" : "error", message: error.message };
}
