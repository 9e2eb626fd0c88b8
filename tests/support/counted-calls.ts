import files, { promises as fs } from "node:fs";

/** Calls that change something. Those that read are made by imports, too. */
const changing = [
  ...["mkdirSync", "openSync", "writeSync", "writeFileSync", "appendFileSync", "chmodSync", "fsync"],
  ...["renameSync", "unlinkSync", "rmdirSync", "rmSync"],
];

/**
 * Counts this process's calls to the file system, and kills it with SIGKILL just before the n-th
 * (0: never).
 */
export class CountedCalls {
  #calls = 0;

  private constructor(private readonly nth: number) {}

  static async install(nth: number): Promise<CountedCalls> {
    const counted = new CountedCalls(nth);
    const { open } = fs;
    for (const name of ["mkdir", "open", "readdir", "rename", "rm", "lstat", "stat", "chmod", "readFile", "cp"])
      counted.#wrap(fs, name);
    for (const name of changing) counted.#wrap(files, name);
    const handle = await open(process.execPath, "r");
    const prototype = Object.getPrototypeOf(handle) as Record<string, unknown>;
    await handle.close();
    for (const name of ["read", "writeFile", "sync", "close"]) counted.#wrap(prototype, name);
    return counted;
  }

  /** From here on. */
  begin(): void {
    this.#calls = 0;
  }

  get calls(): number {
    return this.#calls;
  }

  #wrap(owner: object, name: string): void {
    const functions = owner as Record<string, (...given: unknown[]) => unknown>;
    const original = functions[name]!;
    const count = (): void => {
      if (++this.#calls === this.nth) process.kill(process.pid, "SIGKILL");
    };
    functions[name] = function (this: unknown, ...given: unknown[]) {
      count();
      return original.apply(this, given);
    };
  }
}
