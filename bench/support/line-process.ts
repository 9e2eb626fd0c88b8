import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** A child process that answers every line with one line. */
export class LineProcess {
  readonly #child: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(command: string, args: readonly string[], environment: NodeJS.ProcessEnv = process.env) {
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"], env: environment });
    this.#answers = createInterface({ input: this.#child.stdout! })[Symbol.asyncIterator]();
  }

  /** Sends a line that has no answer. */
  tell(line: string): void {
    this.#child.stdin!.write(`${line}\n`);
  }

  /** Throws if the process has ended. */
  async ask(line: string): Promise<string> {
    this.tell(line);
    const answer = await this.#answers.next();
    if (answer.done) throw new Error(`${this.#child.spawnargs.join(" ")} ended before it answered`);
    return answer.value;
  }

  close(): void {
    this.#child.stdin!.end();
  }
}
