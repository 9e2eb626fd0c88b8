import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { closeSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import { lastWords } from "./last-words.js";
import { memoryKills } from "./memory-kills.js";
import type { Death } from "./lost-task.js";
import { readyMessage } from "./worker-process.js";

/** A process that is kept running. */
export interface ChildOptions {
  /** "workflows", "slot 1", "gpu 0": name of its log file as well. */
  name: string;
  program: string;
  environment: NodeJS.ProcessEnv;
  workingFolder: string;
  logFolder: string;
  onReady: (pid: number) => void;
  /** It died, or ended as it was told to. */
  onEnd: (pid: number, death: Death) => void;
}

/** A log file is set aside when it has grown to this size, bytes; one is kept. */
const longestLog = 8 * 1024 * 1024;
const longestWaitMs = 15_000;

/**
 * Keeps one process running: starts it anew whenever it ends. At once if it had got as far as taking tasks, else
 * after a wait that doubles with every failed start.
 */
export class Child {
  readonly name: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failedStarts = 0;
  #stopped = false;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ChildOptions) {
    this.name = options.name;
    this.#options = options;
    this.#start();
  }

  /** Its process id while it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Tells the process to go, kills it after `graceMs`, and waits until it has ended. */
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
    const { onReady, onEnd } = this.#options;
    const killsBefore = memoryKills();
    const child = this.#spawn();
    if (child === undefined) return this.#restart(false);
    this.#process = child;
    let ready = false;
    child.on("message", (message) => {
      if (message !== readyMessage) return;
      ready = true;
      this.#failedStarts = 0;
      onReady(child.pid!);
    });
    this.#ended = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#process = undefined;
        if (!this.#stopped) this.#restart(ready);
        const said = lastWords(this.#logFile());
        onEnd(child.pid!, { code, signal, memoryKill: memoryKills() > killsBefore, said });
        resolve();
      });
    });
  }

  /** Undefined where the system refuses: no process, no memory, no room for the log, no working folder just now. */
  #spawn(): ChildProcess | undefined {
    const { program, environment, workingFolder } = this.#options;
    const refused = (error: Error): void =>
      void process.stderr.write(`the process for ${this.name} cannot be started: ${error.message}\n`);
    let log: number | undefined;
    try {
      log = this.#openLog();
      const stdio: StdioOptions = ["ignore", log, log, "ipc"];
      const child = spawn(process.execPath, [program], { cwd: workingFolder, env: environment, stdio });
      // Also told of a signal or message that does not reach the process; its end is told by `exit` all the same.
      child.on("error", (error) => child.pid === undefined && refused(error));
      return child.pid === undefined ? undefined : child;
    } catch (error) {
      refused(error as Error);
      return undefined;
    } finally {
      if (log !== undefined) closeSync(log);
    }
  }

  #restart(wasReady: boolean): void {
    if (wasReady) return this.#start();
    const waitMs = Math.min(250 * 2 ** this.#failedStarts++, longestWaitMs);
    this.#timer = setTimeout(() => this.#start(), waitMs);
  }

  #logFile(): string {
    const { logFolder, name } = this.#options;
    return path.join(logFolder, `${name.replaceAll(" ", "-")}.log`);
  }

  #openLog(): number {
    mkdirSync(this.#options.logFolder, { recursive: true });
    const file = this.#logFile();
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > longestLog) renameSync(file, `${file}.old`);
    return openSync(file, "a");
  }
}
