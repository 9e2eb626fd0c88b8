import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { PawlError } from "../../platform/errors.js";
import { fixedVariables } from "../../platform/processes/fixed-environment.js";
import { threadProgram } from "../../platform/program/thread-program.js";
import type { HostMessage, HostRequest } from "./host.js";
import type { RuleSettings, Verdict } from "./rule.js";
import type { ScoredRow } from "./scorer.js";

/** Time for a thread to start and to load its rule. */
const openLimitMs = 120_000;

/**
 * Checks at equal intervals that make up a time limit. While this process is stopped, or gets no
 * processor, it makes no checks, so the limit moves later.
 */
const looks = 20;

/** The rule's reply, or how it ended instead. */
type End = HostMessage | { failure: "timeout"; message: string };

/**
 * A rule in a process of its own, one row at a time. The worker's environment holds tokens and
 * passwords: the process has none of it (its own is the same on every machine), neither in
 * `process.env` nor in `/proc/self/environ`. In it the rule has a thread, whose memory is limited.
 * A row that takes more memory than allowed, or ends the thread, costs the thread its life; the
 * next row gets a new one. If that thread had judged other rows, what it kept of them may be the
 * cause, and which rows these are depends on where the attempt began: the row is judged again in a
 * fresh thread, and only that verdict counts. A row that takes longer than the time limit fails the
 * attempt: how long it takes depends on the machine, and so must not become a score; nor must the
 * end of the process, which the system may have brought about.
 */
export class RuleProcess {
  readonly #settings: RuleSettings;
  /** The rule's place in `with`, for messages. */
  readonly #where: string;
  #child: ChildProcess | undefined;
  /** The process has a thread, with the rule loaded. */
  #isOpen = false;
  /** Whether the thread has not judged a row yet. */
  #fresh = true;
  #settle: (end: End) => void = () => {};

  constructor(settings: RuleSettings, where: string) {
    this.#settings = settings;
    this.#where = where;
  }

  /**
   * Starts the thread, and the process if there is none.
   * @throws PawlError MODULE_INVALID, RULE_TIMEOUT, RESOURCES_EXHAUSTED, PREEMPTED; signal.reason
   */
  async open(signal: AbortSignal): Promise<void> {
    const program = threadProgram("activities/scoring/thread");
    const child = (this.#child ??= this.#start());
    const end = this.#next(openLimitMs, signal);
    send(child, { open: this.#settings, program });
    const got = await end;
    if ("opened" in got && got.opened) {
      this.#isOpen = this.#fresh = true;
      return;
    }
    await this.close();
    if ("machine" in got) throw this.#noResources(got.machine);
    if ("failure" in got && got.failure === "timeout") throw this.#tooLong("it was not loaded", openLimitMs);
    throw this.#notLoaded("message" in got ? got.message : "it replied before it received a request");
  }

  #start(): ChildProcess {
    const { file, argv } = threadProgram("activities/scoring/host");
    const child = fork(file, argv, {
      env: fixedVariables,
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", 1, 2, "ipc"],
    });
    const say = (end: HostMessage): void => {
      if (this.#child !== child) return;
      if ("failure" in end) this.#isOpen = false;
      this.#settle(end);
    };
    const died = (machine: string): void => {
      if (this.#child !== child) return;
      say({ machine });
      this.#child = undefined;
      this.#isOpen = false;
    };
    child.on("message", (message) => say(message as HostMessage));
    child.on("error", (error) => child.pid === undefined && died(error.message));
    child.on("exit", (code, how) => died(`its process ended with ${how ?? `code ${code}`}`));
    return child;
  }

  /**
   * The verdict on a row.
   * @throws PawlError RULE_TIMEOUT naming the row, RESOURCES_EXHAUSTED, and what `open` throws;
   *   signal.reason once it is aborted, after the end of the process
   */
  async run(row: ScoredRow, signal: AbortSignal): Promise<Verdict> {
    if (!this.#isOpen) await this.open(signal);
    const fresh = this.#fresh;
    this.#fresh = false;
    const { timeLimitMs } = this.#settings;
    const end = this.#next(timeLimitMs, signal);
    if (this.#child) send(this.#child, { row });
    const got = await end;
    if ("verdict" in got) return got.verdict;
    if ("machine" in got) throw this.#noResources(got.machine);
    if (!("failure" in got)) return { failure: "error", message: "its thread opened twice" };
    if (got.failure === "timeout") throw this.#tooLong(`there was no verdict on ${describeRow(row)}`, timeLimitMs!);
    if (!fresh) return this.run(row, signal);
    return { failure: got.failure, message: got.message };
  }

  async close(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#isOpen = false;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  /**
   * The thread's next reply, or how it ends; one that does not reply in time, or is no longer
   * needed, is ended.
   */
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
      next: "nothing, if the machine was stopped or overloaded: the stage is retried; else correct the rule, or remove the row",
    });
  }

  #notLoaded(reason: string): PawlError {
    const { file, kind } = this.#settings;
    return new PawlError("MODULE_INVALID", `the rule cannot be loaded: ${reason}`, {
      where: file === undefined ? this.#where : `${this.#where}.path`,
      expected: "a JavaScript module with `export default (row) => …`",
      got: file ?? kind,
      next: "correct the module; `node FILE` shows where it fails",
    });
  }

  #noResources(reason: string): PawlError {
    return new PawlError("RESOURCES_EXHAUSTED", `the rule got no verdict: ${reason}`, {
      where: this.#where,
      next: "nothing, if this passes: the stage is retried; else run fewer processes at the same time on this machine",
    });
  }
}

/** `the response "…" to "…"`. */
function describeRow({ prompt, response }: ScoredRow): string {
  const head = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
  return `the response ${head(response)} to ${head(prompt)}`;
}

/**
 * Sends a request. An error is ignored: the process has just ended, which its `exit` event reports.
 */
function send(child: ChildProcess, request: HostRequest): void {
  child.send(request, () => undefined);
}
