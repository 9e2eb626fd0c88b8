import { PawlError } from "../../platform/errors.js";
import { notice } from "../../platform/text/printable.js";
import { appendLog } from "../../store/history/log.js";
import { failedCheck, mentionsOutOfMemory } from "./last-words.js";
import type { PatientClient } from "./patient-client.js";
import { orphanedTasks, removeTask, type StageTask } from "./task-file.js";
import { asApplicationFailure } from "../attempts/stage-failure.js";
import { pause } from "../../platform/processes/pause.js";

/** How a worker process ended. */
export interface Death {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** The kernel killed a process because memory ran out meanwhile. */
  memoryKill: boolean;
  /** Its last output, if known. */
  output?: string;
}

/**
 * Reports attempts whose processes have died to the server, so that the workflow continues
 * immediately.
 */
export class LostTasks {
  readonly #home: string;
  readonly #client: PatientClient;
  /** Reports under way, by the token of their attempt. */
  readonly #pending = new Map<string, Promise<void>>();

  constructor(home: string, client: PatientClient) {
    this.#home = home;
    this.#client = client;
  }

  /**
   * Fails the attempt of a dead process. The server may be unavailable: retries until it answers.
   */
  report(task: StageTask, death: Death): void {
    if (this.#pending.has(task.taskToken)) return;
    const error = causeOfDeath(task, death);
    if (!task.ended)
      appendLog(this.#home, task.runId, {
        time: new Date().toISOString(),
        stage: task.stage,
        attempt: task.attempt,
        message: `failed: ${error.code}: ${error.message}`,
      });
    const reported = this.#fail(task, error).then(
      () => void this.#pending.delete(task.taskToken),
      // Its file stays, and the entry with it, so that the report is not made again.
      (failure: Error) => notice(`${task.stage}: its task file stays: ${failure.message}`),
    );
    this.#pending.set(task.taskToken, reported);
  }

  /**
   * Reports what an earlier supervisor left behind when it died with its worker processes. Call it
   * repeatedly: a worker process that is just dying still looks alive.
   * @param children this supervisor's processes, whose ends are reported with their cause
   */
  reportOrphans(children: ReadonlySet<number>): void {
    for (const task of orphanedTasks(this.#home, children))
      this.report(task, { code: null, signal: null, memoryKill: false });
  }

  /** Waits until everything is reported, but no longer than `withinMs`. */
  async settle(withinMs: number): Promise<void> {
    await Promise.race([Promise.all(this.#pending.values()), pause(withinMs, undefined, true)]);
  }

  async #fail(task: StageTask, error: PawlError): Promise<void> {
    const { ActivityNotFoundError } = await import("../server/temporal-client.js");
    for (let waitMs = 100; ; waitMs = Math.min(waitMs * 2, 2000)) {
      try {
        const token = new Uint8Array(Buffer.from(task.taskToken, "base64"));
        await this.#client.use(({ activity }) =>
          activity.fail(token, asApplicationFailure(error, { reached: task.reached })),
        );
        break;
      } catch (failure) {
        // The attempt had ended, or the server has already given it up.
        if (failure instanceof ActivityNotFoundError) break;
        await pause(waitMs, undefined, true);
      }
    }
    removeTask(this.#home, task.pid);
  }
}

/**
 * Signals with which a process ends itself, or is ended for what it did: a failed check, or an
 * access to memory that it does not have.
 */
const crashes = new Set<NodeJS.Signals | null>(["SIGABRT", "SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP"]);
/** A shell's code for SIGABRT. */
const aborted = 134;

export function causeOfDeath(
  task: Pick<StageTask, "pid" | "host">,
  { code, signal, memoryKill, output = "" }: Death,
): PawlError {
  const how = signal ? `was killed by ${signal}` : code === null ? "no longer exists" : `ended with code ${code}`;
  const where = `process ${task.pid} on ${task.host ?? "this machine"}`;
  const crashed = crashes.has(signal) || code === aborted;
  if ((signal === "SIGKILL" && memoryKill) || (crashed && mentionsOutOfMemory(output)))
    return new PawlError("OUT_OF_MEMORY", `the worker process ${how}: memory ran out`, {
      where,
      next: "lower batchSize or the model's size, or give the machine more memory",
    });
  const check = failedCheck(output);
  if (crashed)
    return new PawlError("WORKER_CRASHED", `the worker process ${how}: native code failed`, {
      where,
      ...(check !== undefined && { got: check }),
      next: "nothing, if it is retried; else see PAWL_HOME/workers for what the process printed last",
    });
  return new PawlError("WORKER_LOST", `the worker process ${how}`, {
    where,
    next: "nothing, if it is retried; else see PAWL_HOME/workers for what the process printed last",
  });
}
