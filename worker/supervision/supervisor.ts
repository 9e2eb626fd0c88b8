import path from "node:path";
import { homeDirectory, openHome } from "../../store/home.js";
import { withFixedVariables } from "../../platform/processes/fixed-environment.js";
import { builtDirectory } from "../../platform/program/locations.js";
import { workflowBundle } from "../bundle.js";
import { Child } from "./child.js";
import { connectClient, connectToRunning, ownServerVariables, type ServerAddress } from "../server/connection.js";
import { graceMs, reportMs } from "./grace.js";
import { rotateEveryMs } from "./log-file.js";
import { LostTasks, type Death } from "./lost-task.js";
import { PatientClient } from "./patient-client.js";
import { gpuDevices } from "./gpu-devices.js";
import { processVariables } from "../attempts/run-stage-worker.js";
import { readTask } from "./task-file.js";
import { hasTrackers, chooseTrackers } from "../tracking/choose.js";
import { lastRoundMs } from "../tracking/sender.js";
import { isProcessMessage, StandbyHeartbeats, standbyLookEveryMs } from "./standby-heartbeats.js";

export interface SupervisorOptions {
  /** Processes that run CPU stages, one stage at a time each. */
  processes: number;
  /**
   * GPUs, with one process each that runs GPU stages; those that CUDA_VISIBLE_DEVICES names, else
   * 0, 1, …
   */
  gpus?: number;
  /** A server of Pawl's own; absent: the one that the environment names. */
  server?: ServerAddress;
  /** PAWL_HOME; absent: from the environment. */
  home?: string;
  /**
   * Where definitions, `file` sources and `export` destinations are; absent: the current directory.
   */
  workingDirectory?: string;
  /** How long stages may take to save a checkpoint and end when the supervisor is stopped, ms. */
  graceMs?: number;
  /**
   * The longest wait before a process that dies repeatedly is restarted, ms; `pawl verify resume`
   * kills on purpose.
   */
  maxRestartDelayMs?: number;
  /** Further environment variables of every process. */
  environment?: Record<string, string>;
  /** Program of a worker process; tests have their own stages. */
  stageProgram?: string;
  /** Program of the process for workflows; `pawl verify resume` has one that kills itself. */
  workflowProgram?: string;
  onEvent?: (event: WorkerEvent) => void;
}

/** What happens to a worker's process; `name` is "workflows", "cpu 1", "gpu 0". */
export type WorkerEvent =
  | { what: "ready"; name: string; pid: number }
  | { what: "ended"; name: string; pid: number; death: Death; lostStage?: string };

export interface Supervisor {
  /** Settled once every process takes tasks. */
  ready: Promise<void>;
  /** The processes that run now. */
  processes(): { name: string; pid: number }[];
  /** Lets stages save their checkpoints, gives their tasks back, and ends all processes. */
  stop(): Promise<void>;
}

const lookEveryMs = 1000;

/**
 * Starts the process for workflow code and the worker processes, and keeps them running. When a
 * process dies, fails its attempt immediately, so that the next one begins within seconds.
 * @throws PawlError SERVER_UNREACHABLE, STORE_UNREADABLE; INPUT_INVALID if a tracker's address is
 *   none; the server's own error if it lacks the namespace
 */
export async function superviseWorkers(options: SupervisorOptions): Promise<Supervisor> {
  const home = options.home ?? homeDirectory();
  chooseTrackers(home, { ...process.env, ...options.environment });
  await preflight(home, options.server);
  const client = new PatientClient(options.server);
  const lost = new LostTasks(home, client);
  const heartbeats = new StandbyHeartbeats(client);
  lost.reportOrphans(new Set());
  const roles = workerRoles(options, home);
  const waiting = new Set(roles.map(({ name }) => name));
  let allReady: () => void;
  const ready = new Promise<void>((resolve) => (allReady = resolve));
  const children = roles.map(
    (role) =>
      new Child({
        ...role,
        ...(options.maxRestartDelayMs !== undefined && { maxRestartDelayMs: options.maxRestartDelayMs }),
        workingDirectory: options.workingDirectory ?? process.cwd(),
        logDirectory: path.join(home, "workers"),
        onReady(pid) {
          options.onEvent?.({ what: "ready", name: role.name, pid });
          waiting.delete(role.name);
          if (waiting.size === 0) allReady();
        },
        onMessage: (pid, message) => isProcessMessage(message) && heartbeats.heard(pid, message),
        onEnd(pid, death) {
          heartbeats.forget(pid);
          const task = readTask(home, pid);
          if (task) lost.report(task, death);
          const lostStage = task && !task.ended ? { lostStage: task.stage } : {};
          options.onEvent?.({ what: "ended", name: role.name, pid, death, ...lostStage });
        },
      }),
  );
  const processes = () => children.flatMap(({ name, pid }) => (pid === undefined ? [] : [{ name, pid }]));
  const looks = setInterval(() => {
    lost.reportOrphans(new Set(processes().map(({ pid }) => pid)));
    children.forEach((child) => child.look());
  }, lookEveryMs);
  const standby = setInterval(() => void heartbeats.look(), standbyLookEveryMs);
  const logs = setInterval(() => children.forEach((child) => child.rotateLog()), rotateEveryMs);
  return {
    ready,
    processes,
    async stop() {
      clearInterval(looks);
      clearInterval(logs);
      clearInterval(standby);
      const others = children.filter(({ name }) => name !== trackersName);
      const trackers = children.filter(({ name }) => name === trackersName);
      await Promise.all(others.map((child) => child.stop(options.graceMs ?? graceMs)));
      // They send what the stages have just recorded.
      await Promise.all([lost.settle(reportMs), ...trackers.map((child) => child.stop(lastRoundMs + reportMs))]);
      await client.close();
    },
  };
}

const trackersName = "trackers";

/** Detects what would make every process fail, before the first one is started. */
async function preflight(home: string, server: ServerAddress | undefined): Promise<void> {
  openHome(home);
  const client = await (server === undefined ? connectClient() : connectToRunning(server));
  try {
    await client.workflowService.describeNamespace({ namespace: client.options.namespace });
  } finally {
    await client.connection.close();
  }
  await workflowBundle();
}

interface Role {
  name: string;
  program: string;
  preload?: string;
  environment: NodeJS.ProcessEnv;
  mustTurn?: boolean;
}

function workerRoles(options: SupervisorOptions, home: string): Role[] {
  const program = (name: string): string => path.join(builtDirectory(), "worker", name);
  const common = {
    ...withFixedVariables(process.env),
    ...(options.server === undefined ? {} : ownServerVariables(options.server)),
    PAWL_HOME: home,
    ...options.environment,
  };
  const worker = (name: string, devices: string, gpu: boolean): Role => ({
    name,
    program: options.stageProgram ?? program("stage-worker.js"),
    environment: {
      ...common,
      [processVariables.name]: name,
      [processVariables.gpu]: gpu ? "1" : "0",
      CUDA_VISIBLE_DEVICES: devices,
    },
  });
  return [
    {
      name: "workflows",
      program: options.workflowProgram ?? program("workflow-worker.js"),
      preload: program("workflow-thread.js"),
      // Two of glibc's arenas, not eight for each processor: its dozen threads allocate little.
      environment: { MALLOC_ARENA_MAX: "2", ...common },
      mustTurn: true,
    },
    ...Array.from({ length: options.processes }, (_, i) => worker(`cpu ${i + 1}`, "-1", false)),
    ...gpuDevices(options.gpus ?? 0, process.env["CUDA_VISIBLE_DEVICES"]).map((device) =>
      worker(`gpu ${device}`, device, true),
    ),
    ...(hasTrackers(common)
      ? [{ name: trackersName, program: program("tracking-worker.js"), environment: common }]
      : []),
  ];
}
