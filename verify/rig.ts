import type { Client } from "@temporalio/client";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PawlError } from "../platform/errors.js";
import type { Plan } from "../schemas/plan.js";
import { taskQueues, workflowType, type RunResult } from "../schemas/run.js";
import { connectToRunning } from "../worker/connection.js";
import { grantPlan } from "../worker/grant.js";
import { startDevServer, type DevServer } from "../worker/dev-server.js";
import { superviseWorkers, type Supervisor, type WorkerEvent } from "../worker/supervisor.js";

/** A server, workers and an empty store of their own: a small world in which a run can be disturbed. */
export class Rig {
  readonly home: string;
  readonly #listeners = new Set<(event: WorkerEvent) => void>();
  readonly #cpuProcesses: number;
  #server!: DevServer;
  #supervisor!: Supervisor;
  #client!: Client;

  private constructor(processes: number) {
    this.#cpuProcesses = processes;
    this.home = mkdtempSync(path.join(tmpdir(), "pawl-verify-"));
  }

  /** @param prepare is given the home directory before anything runs in it */
  static async start(processes: number, stageProgram?: string, prepare = (_home: string): void => {}): Promise<Rig> {
    const rig = new Rig(processes);
    prepare(rig.home);
    rig.#server = await startDevServer(rig.#serverOptions());
    rig.#client = await connectToRunning(rig.#server.address);
    rig.#supervisor = await superviseWorkers({
      processes,
      home: rig.home,
      address: rig.#server.address,
      graceMs: 10_000,
      longestRestartDelayMs: 0,
      ...(stageProgram === undefined ? {} : { stageProgram }),
      onEvent: (event) => rig.#listeners.forEach((listener) => listener(event)),
    });
    await rig.#supervisor.ready;
    return rig;
  }

  /** Process ids of the workers that run now, by name. */
  processes(): { name: string; pid: number }[] {
    return this.#supervisor.processes();
  }

  onWorkerEvent(listener: (event: WorkerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Kills the server and starts it again on the same port with the same database. */
  async crashServer(): Promise<void> {
    const { port } = this.#server;
    await this.#server.kill();
    this.#server = await startDevServer({ ...this.#serverOptions(), port });
  }

  /**
   * Runs a plan to its end; the server may come and go meanwhile.
   * @throws PawlError of the stage that failed
   */
  async run(runId: string, plan: Plan): Promise<RunResult> {
    const { WorkflowFailedError } = await import("@temporalio/client");
    const granted = grantPlan(this.home, runId, { ...plan, project: process.cwd() });
    const args = [{ plan: granted }];
    await this.#client.workflow.start(workflowType, { taskQueue: taskQueues.cpu, workflowId: runId, args });
    const handle = this.#client.workflow.getHandle(runId);
    for (;;) {
      try {
        return (await handle.result()) as RunResult;
      } catch (error) {
        if (error instanceof WorkflowFailedError) throw runFailed(error);
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    }
  }

  async stop(keepStore = false): Promise<void> {
    await this.#supervisor.stop();
    await this.#client.connection.close();
    await this.#server.stop();
    if (!keepStore) rmSync(this.home, { recursive: true, force: true });
  }

  #serverOptions() {
    return { database: path.join(this.home, "server.sqlite"), logFile: path.join(this.home, "server.log") };
  }
}

function runFailed(error: Error): PawlError {
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return new PawlError("INTERNAL", `the run failed: ${cause}`, {
    next: "run the pipeline by itself first: `pawl run FILE`",
  });
}
