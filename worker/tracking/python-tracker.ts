import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import path from "node:path";
import type { Readable } from "node:stream";
import { findSecret } from "../../activities/command/secrets.js";
import { PawlError } from "../../platform/errors.js";
import { packageRoot } from "../../platform/program/locations.js";
import { layout } from "../../store/home.js";
import { trackedId, type Tracker } from "./tracker.js";
import type { LastSteps } from "../../store/records/record-types.js";

/** The longest time for one answer, ms: starting Python, logging in, or sending all at the end. */
const patienceMs = 120_000;
/** Characters of a process's output to keep for an error. */
const maxOutputLength = 300;

interface Answer {
  last?: LastSteps;
  error?: string;
  refused?: boolean;
  missing?: boolean;
}

/** The trackers that have a package for Python, and the secrets of the workers that it needs. */
const packages = {
  mlflow: {
    title: "MLflow",
    secrets: ["MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD"],
  },
  wandb: { title: "Weights & Biases", secrets: ["WANDB_API_KEY"] },
  trackio: { title: "Trackio", secrets: [] },
} as const;

/**
 * A tracker that its own package for Python writes to (`python/pawl_tracker.py`). One process for
 * each stage under way.
 * @param project where its curves belong; of MLflow the address of the server
 */
export function pythonTracker(
  name: keyof typeof packages,
  project: string,
  { home, environment }: { home: string; environment: NodeJS.ProcessEnv },
): Tracker {
  const python = environment["PAWL_TRACKER_PYTHON"] || "python3";
  const { title, secrets } = packages[name];
  return {
    name: title,
    async open(attempt, last) {
      const found = await Promise.all(secrets.map(async (secret) => [secret, await findSecret(secret)] as const));
      const known = Object.fromEntries(found.filter(([, value]) => value !== undefined));
      const program = new Program(python, { ...environment, ...known });
      const directory = layout.trackerFiles(home);
      const request = { tracker: name, project, directory, id: trackedId(attempt), attempt, last };
      const answer = await program.ask({ open: request });
      return {
        last: answer.last ?? last,
        write: async (rows) => void (await program.ask({ rows: rows.map(({ step, metrics }) => [step, metrics]) })),
        async end({ status, metrics }) {
          await program.ask({ end: { status, metrics } });
          program.close();
        },
        close: () => program.close(),
      };
    },
  };
}

/** A process of Python that answers one line with one line. */
class Program {
  readonly #python: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;
  #answered: (answer: Answer) => void = () => undefined;
  #output = "";

  constructor(python: string, environment: NodeJS.ProcessEnv) {
    this.#python = python;
    const script = path.join(packageRoot(), "python", "pawl_tracker.py");
    const child = this.#start(script, environment);
    this.#child = child;
    this.#ended = new Promise<never>((_resolve, reject) => {
      child.once("error", (error) => reject(this.#missing(error.message)));
      child.once("exit", (code, by) => reject(failed(`its process ended (${by ?? `code ${code}`}): ${this.#output}`)));
    });
    // Possibly nobody is waiting when it ends.
    this.#ended.catch(() => undefined);
    child.stdin!.on("error", () => undefined);
    for (const stream of [child.stdout!, child.stderr!])
      stream.on("data", (text: Buffer) => (this.#output = (this.#output + text.toString()).slice(-maxOutputLength)));
    createInterface({ input: child.stdio[3] as Readable }).on("line", (line) =>
      this.#answered(JSON.parse(line) as Answer),
    );
  }

  /** @throws PawlError TRACKER_REFUSED, TRACKER_FAILED */
  async ask(question: object): Promise<Answer> {
    const answer = new Promise<Answer>((resolve) => (this.#answered = resolve));
    this.#child.stdin!.write(`${JSON.stringify(question, finiteOrText)}\n`);
    const timer = new AbortController();
    const late = new Promise<never>((_resolve, reject) => {
      const timeout = setTimeout(() => reject(failed(`no answer in ${patienceMs / 1000} s`)), patienceMs);
      timer.signal.addEventListener("abort", () => clearTimeout(timeout));
    });
    try {
      const { error, refused, missing, ...found } = await Promise.race([answer, this.#ended, late]);
      if (error === undefined) return found;
      if (missing) throw this.#missing(error);
      throw refused ? refusal(error) : failed(error);
    } catch (error) {
      this.#child.kill("SIGKILL");
      throw error;
    } finally {
      timer.abort();
    }
  }

  /** Ends the process after it has answered. */
  close(): void {
    this.#child.stdin!.end();
  }

  #start(script: string, environment: NodeJS.ProcessEnv): ChildProcess {
    try {
      return spawn(this.#python, [script], { env: environment, stdio: ["pipe", "pipe", "pipe", "pipe"] });
    } catch (error) {
      // Some refusals of the system are thrown, others come as an event.
      throw this.#missing((error as Error).message);
    }
  }

  #missing(message: string): PawlError {
    return new PawlError("TRACKER_REFUSED", `${this.#python} cannot run it: ${message}`, {
      next: "install it with pip, or set PAWL_TRACKER_PYTHON to a Python that has it, and restart the workers",
    });
  }
}

/** JSON cannot represent non-finite numbers. */
const finiteOrText = (_name: string, value: unknown): unknown =>
  typeof value === "number" && !Number.isFinite(value) ? String(value) : value;

const failed = (message: string): PawlError =>
  new PawlError("TRACKER_FAILED", message, { next: "nothing: it is tried again" });

const refusal = (message: string): PawlError =>
  new PawlError("TRACKER_REFUSED", message, {
    next: "correct the key or project in the workers' environment, and restart them",
  });
