import { CancelledFailure, CompleteAsyncError, type Context } from "@temporalio/activity";
import type { PawlError } from "../../platform/errors.js";
import type { StageOutcome } from "../../schemas/run.js";
import { givenUp, heldBack } from "./stop-reasons.js";
import type { Progress } from "../../schemas/stage-result.js";
import { pause } from "../../platform/processes/pause.js";

/** Time between two heartbeats that the attempt sends itself, ms. */
const ownHeartbeatEveryMs = 1000;
/** Shortest and longest wait before an outcome is sent again, ms. */
const resendMs = { shortest: 100, longest: 2000 };

/**
 * What an attempt sends the server: heartbeats, and its outcome.
 *
 * Both go through the SDK, until that can no longer be relied on. The SDK's core has a timer of its
 * own for each activity: `heartbeatTimeout` and 5 seconds, which only the heartbeats of this
 * process reset. When it runs out, the core cancels the activity (TIMED_OUT) without asking the
 * server, reports no further cancellation, and discards the outcome. But the server may well wait
 * for the attempt: while a native call blocks this process's event loop, the supervisor sends
 * heartbeats (standby-heartbeats.ts). So after such a silence the attempt continues, asks the
 * server itself whether it still is wanted, and completes by its task token. `CompleteAsyncError`
 * says so to the SDK.
 */
export class ServerLink {
  readonly #activity: Context;
  readonly #stop: (reason: Error) => void;
  readonly #token: Uint8Array;
  readonly #timeoutMs: number;
  #beganOwn = false;
  #turnedAt = performance.now();
  #sentAt = -Infinity;
  #sending = false;

  /** @param stop called when the server no longer wants the attempt, with why */
  constructor(activity: Context, stop: (reason: Error) => void) {
    this.#activity = activity;
    this.#stop = stop;
    this.#token = new Uint8Array(Buffer.from(activity.info.base64TaskToken, "base64"));
    this.#timeoutMs = activity.info.isLocal ? Infinity : (activity.info.heartbeatTimeoutMs ?? Infinity);
  }

  /** The SDK's own timer has run out: from now on the attempt sends everything itself. */
  takeOver(): void {
    this.#beganOwn = true;
  }

  /** Sends a heartbeat, or leaves it out if one was sent a moment ago. */
  heartbeat(details: Progress | undefined): void {
    this.#turn();
    if (this.#beganOwn) void this.#sendHeartbeat(details);
    else this.#activity.heartbeat(details);
  }

  /**
   * Hands the outcome of the attempt to the SDK or, where the SDK would discard it, to the server.
   * @throws CompleteAsyncError if the server has it, or does not want it; what `outcome` rejects
   *   with
   */
  async deliver(outcome: Promise<StageOutcome>): Promise<StageOutcome> {
    const ended = await outcome.then(
      (value) => ({ value }),
      (error: Error) => ({ error }),
    );
    this.#turn();
    if (this.#beganOwn) {
      await this.#complete(ended);
      throw new CompleteAsyncError();
    }
    if ("error" in ended) throw ended.error;
    return ended.value;
  }

  /** Detects that the event loop stood still for so long that the SDK's timer may have run out. */
  #turn(): void {
    const now = performance.now();
    if (now - this.#turnedAt >= this.#timeoutMs) this.takeOver();
    this.#turnedAt = now;
  }

  async #sendHeartbeat(details: Progress | undefined): Promise<void> {
    if (this.#sending || performance.now() - this.#sentAt < ownHeartbeatEveryMs) return;
    this.#sending = true;
    try {
      await this.#activity.client.activity.heartbeat(this.#token, details);
    } catch (error) {
      const reason = this.#stopReason(error as Error);
      if (reason !== undefined) this.#stop(reason);
    }
    this.#sentAt = performance.now();
    this.#sending = false;
  }

  /** Why the server does not want the attempt any longer; undefined if it is only unavailable. */
  #stopReason({ name }: Error): CancelledFailure | PawlError | undefined {
    if (name === "ActivityCancelledError") return new CancelledFailure("CANCELLED");
    if (name === "ActivityNotFoundError") return givenUp(this.#timeoutMs);
    return name === "ActivityPausedError" || name === "ActivityResetError" ? heldBack() : undefined;
  }

  /** Sends the outcome until the server has it, or has given the attempt up. */
  async #complete(ended: { value: StageOutcome } | { error: Error }): Promise<void> {
    const { activity } = this.#activity.client;
    const givenUpAt = performance.now() + this.#timeoutMs;
    for (let waitMs = resendMs.shortest; ; waitMs = Math.min(2 * waitMs, resendMs.longest)) {
      try {
        if ("value" in ended) return await activity.complete(this.#token, ended.value);
        if (ended.error instanceof CancelledFailure) return await activity.reportCancellation(this.#token);
        return await activity.fail(this.#token, ended.error);
      } catch (error) {
        if ((error as Error).name === "ActivityNotFoundError" || performance.now() > givenUpAt) return;
        await pause(waitMs);
      }
    }
  }
}
