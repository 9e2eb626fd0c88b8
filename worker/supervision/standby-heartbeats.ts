import { processTable, type ProcessTableEntry } from "../../platform/processes/process-identity.js";
import { isObject } from "../../platform/json.js";
import type { PatientClient } from "./patient-client.js";
import type { Progress } from "../../schemas/stage-result.js";

/**
 * What a worker process sends its supervisor with each of its own heartbeats; without `beat`, it
 * has no attempt.
 */
export interface ProcessMessage {
  beat?: { taskToken: string; details?: Progress };
}

/** Whether a message of a worker process is one of these. */
export function isProcessMessage(message: unknown): message is ProcessMessage {
  return (
    isObject(message) &&
    (message["beat"] === undefined || typeof (message["beat"] as { taskToken?: unknown })?.taskToken === "string")
  );
}

/** A worker process's attempt, as its supervisor sees it. */
interface Attempt extends NonNullable<ProcessMessage["beat"]> {
  /** Number of checks since the worker process last reported it. */
  silent: number;
  /** Processor time at the last look, ticks. */
  ticks: number;
  /** A heartbeat is being sent. */
  sending: boolean;
  /**
   * Looks since the server reported that it no longer knows the attempt, or that the attempt is
   * canceled.
   */
  unwanted: number;
  /** The server no longer knows the attempt. */
  gone: boolean;
}

/**
 * Number of checks without a report after which the supervisor sends heartbeats for a worker
 * process.
 */
const silentLooks = 2;
/**
 * Number of checks after which a worker process is killed if it keeps computing an attempt that the
 * server has given up.
 */
const unwantedLooks = 240;
/**
 * Time between two looks, ms. With `silentLooks` and the worker's own second between two
 * heartbeats, two seconds pass at most until a heartbeat is sent for a process that has become
 * busy: the shortest `heartbeat` (compiler/definition/defaults.ts) is longer.
 */
export const standbyLookEveryMs = 500;

/**
 * Heartbeats that do not depend on a worker process's event loop. A stage may be busy in one call
 * for minutes: the first training step compiles, a library reads a large file. Its own heartbeats
 * stop then, although nothing is lost. The supervisor sends them meanwhile, with the last progress
 * that the worker process reported, as long as the process uses processor time: a process that is
 * stopped, or waits forever, does not.
 */
export class StandbyHeartbeats {
  readonly #client: PatientClient;
  readonly #look: (pid: number) => ProcessTableEntry | undefined;
  readonly #kill: (pid: number) => unknown;
  readonly #attempts = new Map<number, Attempt>();

  /** @param look @param kill the system's; tests have others */
  constructor(
    client: PatientClient,
    look = processTable,
    kill: (pid: number) => unknown = (pid) => process.kill(pid, "SIGKILL"),
  ) {
    this.#client = client;
    this.#look = look;
    this.#kill = kill;
  }

  /** A worker process has sent a message. */
  heard(pid: number, { beat }: ProcessMessage): void {
    if (beat === undefined) this.#attempts.delete(pid);
    else {
      const { ticks = 0, sending = false } = this.#attempts.get(pid) ?? {};
      this.#attempts.set(pid, { ...beat, silent: 0, ticks, sending, unwanted: 0, gone: false });
    }
  }

  /** A worker process has ended. */
  forget(pid: number): void {
    this.#attempts.delete(pid);
  }

  /** Call it every `standbyLookEveryMs`. Settles when what it sent has arrived, or cannot. */
  async look(): Promise<void> {
    await Promise.all([...this.#attempts].map(([pid, attempt]) => this.#lookAt(pid, attempt)));
  }

  async #lookAt(pid: number, attempt: Attempt): Promise<void> {
    const now = this.#look(pid);
    const computes = now !== undefined && !now.ended && !now.stopped && now.ticks > attempt.ticks;
    attempt.ticks = now?.ticks ?? attempt.ticks;
    if (++attempt.silent < silentLooks || !computes) return;
    if (attempt.unwanted > 0 && ++attempt.unwanted > unwantedLooks) return void this.#kill(pid);
    if (attempt.sending || attempt.gone) return;
    attempt.sending = true;
    await this.#send(attempt);
    const current = this.#attempts.get(pid);
    if (current) current.sending = false;
  }

  async #send(attempt: Attempt): Promise<void> {
    const token = new Uint8Array(Buffer.from(attempt.taskToken, "base64"));
    try {
      await this.#client.use(({ activity }) => activity.heartbeat(token, attempt.details));
    } catch (error) {
      // The worker process learns of it with its own next heartbeat, once its event loop turns
      // again: the run waits until a canceled attempt has saved its checkpoint. A request to an
      // unavailable server is repeated.
      const { name } = error as Error;
      if (name === "ActivityNotFoundError") attempt.gone = true;
      if (attempt.gone || name === "ActivityCancelledError") attempt.unwanted ||= 1;
    }
  }
}
