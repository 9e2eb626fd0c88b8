import type { Client, WorkflowHandle } from "@temporalio/client";
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { isObject } from "../../../platform/json.js";
import type { Plan } from "../../../schemas/plan.js";
import {
  queryState,
  taskQueues,
  workflowType,
  type RunRequest,
  type RunResult,
  type RunState,
} from "../../../schemas/run.js";
import type { LogEntry } from "../../../store/history/log.js";
import { readLog } from "../../../store/history/log-reader.js";
import { signRequest } from "../../../worker/authority/requests.js";
import { connectToRunning } from "../../../worker/server/connection.js";
import { startDevServer, type DevServer, type DevServerOptions } from "../../../worker/server/dev-server.js";
import { superviseWorkers, type Supervisor } from "../../../worker/supervision/supervisor.js";
import { testProgram } from "./programs.js";

const stageProgram = testProgram("stage-worker");

export interface ForeignSupervisor {
  child: ChildProcess;
  /** Process id of its only worker process. */
  worker: number;
}

export type Run = WorkflowHandle<(request: RunRequest) => Promise<RunResult>>;

/** A server, workers with the test stages, and a client. */
export class Fleet {
  readonly #gates: (() => void)[] = [];
  readonly directory = mkdtempSync(path.join(tmpdir(), "pawl-durable-"));
  readonly home: string;
  /** Where the workers look for definitions and files. */
  readonly workingDirectory = path.join(this.directory, "work");
  readonly #serverOptions: DevServerOptions;
  readonly #cpuProcesses: number;
  server!: DevServer;
  supervisor!: Supervisor;
  client!: Client;

  /**
   * @param options.processes workers for CPU stages: as many as must run at the same time; absent:
   *   two
   */
  constructor(options: DevServerOptions & { processes?: number; home?: string } = {}) {
    const { processes = 2, home = path.join(this.directory, "home"), ...server } = options;
    this.home = home;
    this.#cpuProcesses = processes;
    this.#serverOptions = { database: path.join(this.directory, "server.sqlite"), ...server };
  }

  async start(): Promise<void> {
    mkdirSync(this.workingDirectory);
    this.server = await startDevServer(this.#serverOptions);
    this.client = await connectToRunning(this.server);
    await this.startWorkers();
  }

  /** Workers of a supervisor in a process of its own. */
  async startForeignSupervisor(): Promise<ForeignSupervisor> {
    const { workingDirectory } = this;
    const options = { processes: 1, home: this.home, server: this.server, stageProgram, workingDirectory };
    const child = fork(testProgram("supervisor"), [JSON.stringify(options)]);
    const [processes] = (await once(child, "message")) as [{ name: string; pid: number }[]];
    return { child, worker: processes.find(({ name }) => name === "cpu 1")!.pid };
  }

  /** Workers of another store, with one worker process; to be stopped by the test. */
  async startOtherStore(server = this.server): Promise<{ home: string; supervisor: Supervisor }> {
    const home = mkdtempSync(path.join(this.directory, "other-home-"));
    const { workingDirectory } = this;
    const supervisor = await superviseWorkers({
      processes: 1,
      home,
      server,
      stageProgram,
      workingDirectory,
    });
    await supervisor.ready;
    return { home, supervisor };
  }

  /** @param environment variables of every process, beside this one's */
  async startWorkers(environment: Record<string, string> = {}): Promise<void> {
    this.supervisor = await superviseWorkers({
      processes: this.#cpuProcesses,
      home: this.home,
      server: this.server,
      stageProgram,
      workingDirectory: this.workingDirectory,
      environment,
      maxRestartDelayMs: 0,
    });
    await this.supervisor.ready;
  }

  /** Kills the server and starts it again on the same port with the same database. */
  async crashServer(meanwhile?: () => Promise<void>): Promise<void> {
    const { port, namespace } = this.server;
    await this.server.kill();
    await meanwhile?.();
    this.server = await startDevServer({ ...this.#serverOptions, port, namespace });
  }

  async stop(): Promise<void> {
    await this.supervisor.stop();
    await this.client.connection.close();
    await this.server.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Starts a run. States of its stages are signed, as `pawl fork` signs them. */
  launch(request: RunRequest | Plan): Promise<Run> {
    const asked: RunRequest = isPlan(request) ? { plan: request } : request;
    const workflowId = randomUUID();
    const isKnown = isObject(asked) && isObject(asked.stages);
    return this.client.workflow.start(workflowType, {
      taskQueue: taskQueues.cpu,
      workflowId,
      args: [isKnown ? signRequest(this.home, workflowId, asked) : asked],
    }) as Promise<Run>;
  }

  /** The latest execution of the run with this id. */
  find(workflowId: string): Run {
    return this.client.workflow.getHandle<(request: RunRequest) => Promise<RunResult>>(workflowId);
  }

  pid(name: string): number {
    return this.supervisor.processes().find((process) => process.name === name)!.pid;
  }

  /** Waits for a line in a run's log; throws when the run ends without it. */
  async logged(run: Run, stage: string, message: RegExp, attempt?: number): Promise<LogEntry> {
    const follow = new AbortController();
    const end = (): void => follow.abort();
    run.result().then(end, end);
    try {
      for await (const entry of readLog(this.home, run.workflowId, { stage, follow: follow.signal }))
        if (message.test(entry.message) && (attempt === undefined || entry.attempt === attempt)) return entry;
    } finally {
      follow.abort();
    }
    throw new Error(`the run has ended, and ${message} is not in the log of ${stage}`);
  }

  async log(run: Run, stage: string): Promise<string[]> {
    const lines: string[] = [];
    for await (const entry of readLog(this.home, run.workflowId, { stage }))
      lines.push(`${entry.attempt} ${entry.message}`);
    return lines;
  }

  /** A file that a stage may hold on, and what lets it continue. */
  gate(): { file: string; open: () => void } {
    const file = path.join(this.directory, `gate-${randomUUID()}`);
    const open = (): void => writeFileSync(file, "");
    this.#gates.push(open);
    return { file, open };
  }

  /** Lets all runs continue: those of a failed test would keep worker processes busy forever. */
  openGates(): void {
    for (const open of this.#gates.splice(0)) open();
  }
}

/** One fleet for the tests of a file. */
export function useFleet(options?: ConstructorParameters<typeof Fleet>[0]): Fleet {
  const fleet = new Fleet(options);
  beforeAll(() => fleet.start());
  afterEach(() => fleet.openGates());
  afterAll(() => fleet.stop());
  return fleet;
}

/** Tests send requests that are none as well. */
const isPlan = (request: RunRequest | Plan): request is Plan => isObject(request) && "definitionDigest" in request;

export const queryRunState = (run: Run): Promise<RunState> => run.query<RunState>(queryState);

/**
 * Waits until a run's state is as asked for, once it has its plan: looks again after every event of
 * its history, without which none changes. Throws when the run ends without it.
 */
export async function until(run: Run, holds: (state: RunState) => boolean): Promise<RunState> {
  const { workflowService, options } = run.client;
  const execution = { workflowId: run.workflowId };
  let token: Uint8Array | null = null;
  for (;;) {
    const state = await queryRunState(run);
    if (state.stages.length > 0 && holds(state)) return state;
    const next = { namespace: options.namespace, execution, nextPageToken: token, waitNewEvent: true };
    const page: { nextPageToken?: Uint8Array | null } = await workflowService.getWorkflowExecutionHistory(next);
    token = page.nextPageToken?.length ? page.nextPageToken : null;
    // Else it has continued as new.
    if (token === null && (await run.describe()).status.name !== "RUNNING") break;
  }
  const state = await queryRunState(run);
  if (holds(state)) return state;
  throw new Error(`the run has ended, and was not as asked for: ${JSON.stringify({ ...state, plan: undefined })}`);
}

/** Whether a run has continued as new: asks its history, since the server's lists follow later. */
export async function hasContinued(run: Run): Promise<boolean> {
  const { events } = await run.fetchHistory();
  return !!events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
}

/** The statuses of a run's stages by id. */
export function statuses(state: Pick<RunState, "stages">): Record<string, string> {
  return Object.fromEntries(state.stages.map(({ id, status }) => [id, status]));
}

/** How a run failed: the message of its last failure. */
export async function runFailure(run: Run): Promise<{ type: string; message: string }> {
  try {
    await run.result();
  } catch (error) {
    const cause = (error as { cause?: { type?: string; message: string; name: string } }).cause;
    return { type: cause?.type ?? cause?.name ?? "", message: cause?.message ?? "" };
  }
  throw new Error("the run did not fail");
}
