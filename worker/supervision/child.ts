import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { notice } from "../../platform/text/printable.js";
import { lastWords } from "./last-words.js";
import { memoryKills } from "../../platform/processes/memory-kills.js";
import type { Death } from "./lost-task.js";
import { openLog, rotateLog } from "./log-file.js";
import { RestartDelay, type Ending } from "./restart-delay.js";
import { readyMessage, turningMessage } from "./worker-process.js";

/** A process that is kept running. */
export interface ChildOptions {
  /** "workflows", "cpu 1", "gpu 0": name of its log file as well. */
  name: string;
  program: string;
  /** A module that each of its threads loads first. */
  preload?: string;
  environment: NodeJS.ProcessEnv;
  workingDirectory: string;
  logDirectory: string;
  /**
   * The process reports every few seconds that its event loop turns, and is killed after
   * `silentLooks` looks without a report. Absent: it may be busy in one call for any time.
   */
  mustTurn?: boolean;
  /** The longest wait before it is restarted, ms; absent: the default of RestartDelay. */
  maxRestartDelayMs?: number;
  onReady: (pid: number) => void;
  /** Called with any other message of the process. */
  onMessage?: (pid: number, message: unknown) => void;
  /** Called when it has died or ended on request. */
  onEnd: (pid: number, death: Death) => void;
}

/**
 * Looks (see `Child.look`) without a report after which a process whose event loop must turn is
 * considered stuck.
 */
export const silentLooks = 60;

/**
 * One thread compiles and collects garbage beside the main one: V8's usual four take more processor
 * time and memory.
 */
const engineOptions = ["--v8-pool-size=1"];

/** Keeps one process running: restarts it whenever it ends, after the wait of RestartDelay. */
export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #delay: RestartDelay;
  /** Number of checks since its last heartbeat. */
  #silent = 0;
  #stopped = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
    this.#delay = new RestartDelay(options.maxRestartDelayMs);
    this.#start();
  }

  /** Its process id while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /**
   * Call it about once a second. It counts looks, not time: while this process itself is stopped,
   * or gets no processor, it does not look.
   */
  look(): void {
    if (this.#options.mustTurn !== true || this.#process === undefined || ++this.#silent < silentLooks) return;
    notice(`the event loop of the process for ${this.name} is stuck: the process is killed and restarted`);
    this.#silent = 0;
    this.#process.kill("SIGKILL");
  }

  /** Rotates its log if it has grown too long. */
  rotateLog(): void {
    rotateLog(this.#logFile());
  }

  /** Sends SIGTERM to the process, kills it after `graceMs`, and waits until it has ended. */
  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const running = this.#process;
    running?.kill("SIGTERM");
    const deadline = setTimeout(() => running?.kill("SIGKILL"), graceMs);
    await this.#ended;
    clearTimeout(deadline);
  }

  #start(): void {
    const { onReady, onMessage, onEnd } = this.#options;
    const killsBefore = memoryKills();
    const child = this.#spawn();
    if (child === undefined) return this.#restart({ worked: undefined, inOrder: false });
    this.#process = child;
    this.#silent = 0;
    let readyAt: number | undefined;
    child.on("message", (message) => {
      this.#silent = 0;
      if (message === readyMessage) {
        readyAt = performance.now();
        onReady(child.pid!);
      } else if (message !== turningMessage) onMessage?.(child.pid!, message);
    });
    this.#ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#process = undefined;
        const worked = readyAt === undefined ? undefined : performance.now() - readyAt;
        if (!this.#stopped) this.#restart({ worked, inOrder: code === 0 });
        const output = lastWords(this.#logFile());
        onEnd(child.pid!, { code, signal, memoryKill: memoryKills() > killsBefore, output });
        resolve();
      });
    });
  }

  /**
   * Undefined if the system refuses: no process, no memory, no space for the log, or no working
   * directory.
   */
  #spawn(): ChildProcess | undefined {
    const { program, preload, environment, workingDirectory } = this.#options;
    const preloaded = preload === undefined ? [] : ["--import", pathToFileURL(preload).href];
    const command = [...engineOptions, ...preloaded, program];
    const refused = (error: Error): void => notice(`the process for ${this.name} cannot be started: ${error.message}`);
    let log: number | undefined;
    try {
      log = openLog(this.#logFile());
      const stdio: StdioOptions = ["ignore", log, log, "ipc"];
      const child = spawn(process.execPath, command, { cwd: workingDirectory, env: environment, stdio });
      // Also emitted when a signal or message does not reach the process; `exit` reports its end in
      // any case.
      child.on("error", (error) => child.pid === undefined && refused(error));
      return child.pid === undefined ? undefined : child;
    } catch (error) {
      refused(error as Error);
      return undefined;
    } finally {
      if (log !== undefined) closeSync(log);
    }
  }

  #restart(ending: Ending): void {
    const waitMs = this.#delay.next(ending);
    if (waitMs === 0) return this.#start();
    this.#timer = setTimeout(() => this.#start(), waitMs);
  }

  #logFile(): string {
    const { logDirectory, name } = this.#options;
    return path.join(logDirectory, `${name.replaceAll(" ", "-")}.log`);
  }
}
