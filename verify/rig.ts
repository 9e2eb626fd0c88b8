import { setMaxListeners } from "node:events";
import type { Client } from "@temporalio/client";
import { readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { PawlError } from "../platform/errors.js";
import { whenAborted } from "../platform/processes/when-aborted.js";
import type { Plan } from "../schemas/plan.js";
import { taskQueues, workflowType, type RunResult } from "../schemas/run.js";
import { layout } from "../store/home.js";
import { savePlan } from "../store/records/runs.js";
import { connectToRunning } from "../worker/server/connection.js";
import { grantPlan, planDigest } from "../worker/authority/plans.js";
import { startDevServer, type DevServer } from "../worker/server/dev-server.js";
import { superviseWorkers, type Supervisor, type WorkerEvent } from "../worker/supervision/supervisor.js";
import { keepHome, newHome } from "./homes.js";
import { pause } from "../platform/processes/pause.js";

export interface RigOptions {
  /** Program of a worker process; tests have their own stages. */
  stageProgram?: string;
  /** Program of the process for workflows, if not the usual one. */
  workflowProgram?: string;
  /** Called with the home directory before anything runs in it. */
  prepare?: (home: string) => void;
  /**
   * Aborted to end everything: what is under way then rejects with its reason, and `stop` must
   * still be called.
   */
  signal?: AbortSignal;
}

/**
 * A server, workers and an empty store: an isolated environment in which a run can be disturbed.
 */
export class Rig {
  readonly home: string;
  readonly #listeners = new Set<(event: WorkerEvent) => void>();
  readonly #stopped = new AbortController();
  readonly #over: AbortSignal;
  #server: DevServer | undefined;
  #supervisor: Supervisor | undefined;
  #client: Client | undefined;

  private constructor(signal: AbortSignal | undefined) {
    this.#over = AbortSignal.any([this.#stopped.signal, ...(signal ? [signal] : [])]);
    // The client adds a listener for each request of a long wait and removes none: Node would warn
    // about a leak.
    setMaxListeners(0, this.#over);
    this.home = newHome();
  }

  /** If a later step fails, what was started ends, and the store is removed. */
  static async start(processes: number, options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options.signal);
    try {
      await rig.#start(processes, options);
      return rig;
    } catch (error) {
      await rig.stop();
      throw error;
    }
  }

  async #start(processes: number, { stageProgram, workflowProgram, prepare }: RigOptions): Promise<void> {
    prepare?.(this.home);
    this.#server = await startDevServer(this.#serverOptions());
    this.#over.throwIfAborted();
    this.#client = await connectToRunning(this.#server);
    this.#supervisor = await superviseWorkers({
      processes,
      home: this.home,
      server: this.#server,
      graceMs: 10_000,
      maxRestartDelayMs: 0,
      ...(stageProgram === undefined ? {} : { stageProgram }),
      ...(workflowProgram === undefined ? {} : { workflowProgram }),
      onEvent: (event) => this.#listeners.forEach((listener) => listener(event)),
    });
    await Promise.race([this.#supervisor.ready, whenAborted(this.#over)]);
    this.#over.throwIfAborted();
  }

  /** Process ids of the workers that run now, by name. */
  processes(): { name: string; pid: number }[] {
    return this.#supervisor!.processes();
  }

  /** For requests that nothing of the rig sends. */
  get client(): Client {
    return this.#client!;
  }

  /** Process id of the server; undefined while it restarts. */
  serverPid(): number | undefined {
    return this.#server?.pid;
  }

  /**
   * What the run has in the store and a crash cannot lose: the text changes when the run
   * progresses.
   */
  progress(): string {
    const keys = namesNow(layout.allCheckpoints(this.home));
    const checkpoints = keys.map((key) => [key, namesNow(path.join(layout.allCheckpoints(this.home), key))]);
    return JSON.stringify([namesNow(layout.objects(this.home)), checkpoints]);
  }

  onWorkerEvent(listener: (event: WorkerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Kills the server and restarts it on the same port with the same database. */
  async crashServer(): Promise<void> {
    const server = this.#server!;
    this.#server = undefined;
    const { port, namespace } = server;
    await server.kill();
    this.#server = await startDevServer({ ...this.#serverOptions(), port, namespace });
  }

  /**
   * Runs a plan to its end; the server may come and go meanwhile.
   * @throws PawlError of the stage that failed; the signal's reason; an AbortError once the rig is
   *   stopped
   */
  async run(runId: string, plan: Plan): Promise<RunResult> {
    const { WorkflowFailedError } = await import("../worker/server/temporal-client.js");
    const client = this.#client!;
    const placed = { ...plan, project: process.cwd() };
    await savePlan(this.home, runId, grantPlan(this.home, runId, placed), "");
    const args = [{ planDigest: planDigest(placed) }];
    await client.workflow.start(workflowType, { taskQueue: taskQueues.cpu, workflowId: runId, args });
    for (;;) {
      try {
        return await waitForResult(client, runId, this.#over);
      } catch (error) {
        this.#over.throwIfAborted();
        if (error instanceof WorkflowFailedError) throw runFailed(error);
        await pause(200, this.#over);
      }
    }
  }

  /** Time from the first event of a run to the start of its first stage in a worker process, ms. */
  async firstStageAfterMs(runId: string): Promise<number> {
    const { events } = await this.#client!.workflow.getHandle(runId).fetchHistory();
    const times = [events?.[0], events?.find((event) => event.activityTaskStartedEventAttributes)].map((event) => {
      const { seconds, nanos } = event!.eventTime!;
      return Number(seconds) * 1000 + nanos! / 1e6;
    });
    return times[1]! - times[0]!;
  }

  async stop(keepStore = false): Promise<void> {
    this.#stopped.abort();
    try {
      await this.#supervisor?.stop();
      await this.#client?.connection.close();
    } finally {
      await this.#server?.stop();
      if (keepStore) keepHome(this.home);
      else rmSync(this.home, { recursive: true, force: true });
    }
  }

  #serverOptions() {
    return { database: path.join(this.home, "server.sqlite"), logFile: path.join(this.home, "server.log") };
  }
}

/** How long one wait for a run's end lasts, ms. */
const waitMs = 10_000;

/**
 * Waits a while for a run's result. The client misses a signal that is aborted between two requests
 * of its wait: only the deadline ends the wait.
 */
export function waitForResult(
  client: Pick<Client, "withAbortSignal" | "withDeadline" | "workflow">,
  runId: string,
  over: AbortSignal,
): Promise<RunResult> {
  const result = () => client.workflow.getHandle(runId).result() as Promise<RunResult>;
  return client.withAbortSignal(over, () => client.withDeadline(Date.now() + waitMs, result));
}

/** The names in a directory; none if it does not exist, or has just been removed. */
function namesNow(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function runFailed(error: Error): PawlError {
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new PawlError("INTERNAL", `the run failed: ${cause}`, {
    next: "run the pipeline by itself first: `pawl run FILE`",
  });
}
