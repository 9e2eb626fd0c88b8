import { Context } from "@temporalio/activity";
import { PawlError } from "../../platform/errors.js";
import type { StageRequest } from "../../schemas/run.js";
import { takeLease, type StageLease } from "../../store/ownership/leases.js";

/** An attempt's right to save, export and record. */
export interface AttemptLease {
  /** Takes the lease over from the previous attempt. @throws system errors */
  take(): void;
  /** Call it at every heartbeat: it notices how long the process was silent. */
  beat(): void;
  /** @throws PawlError PREEMPTED if the attempt is no longer the current one */
  confirm(): Promise<void>;
}

/**
 * Uses both clocks: the monotonic one stands still while a machine sleeps, and the other one jumps
 * when it is set.
 */
const clocks = [() => Date.now(), () => performance.now()];

/**
 * The lease of the current activity's attempt. It is lost when a later attempt at the stage begins
 * on the same store. After a silence that may have made the server give up the attempt (a process
 * that was stopped, a machine that slept), the server is queried as well; if it does not answer,
 * the store decides.
 */
export function attemptLease(home: string, { runId, stage }: Pick<StageRequest, "runId" | "stage">): AttemptLease {
  const activity = Context.current();
  const { heartbeatTimeoutMs = Infinity, isLocal } = activity.info;
  let held: StageLease | undefined;
  let last = clocks.map((clock) => clock());
  let doubtful = false;
  const beat = (): void => {
    const now = clocks.map((clock) => clock());
    if (!isLocal && now.some((time, i) => time - last[i]! >= heartbeatTimeoutMs / 2)) doubtful = true;
    last = now;
  };
  return {
    take() {
      held = takeLease(home, runId, stage);
    },
    beat,
    async confirm() {
      beat();
      if (held?.isHeld() !== true) throw lost("a later attempt at this stage has begun");
      if (!doubtful) return;
      if (await isForgotten(activity)) throw lost("the server has given up this attempt");
      doubtful = false;
    },
  };
}

/**
 * Whether the server says that the attempt has ended. It waits for one that is canceled, which
 * still saves a checkpoint.
 */
async function isForgotten(activity: Context): Promise<boolean> {
  try {
    const token = new Uint8Array(Buffer.from(activity.info.base64TaskToken, "base64"));
    await activity.client.activity.heartbeat(token);
    return false;
  } catch (error) {
    return (error as Error).name === "ActivityNotFoundError";
  }
}

function lost(reason: string): PawlError {
  return new PawlError("PREEMPTED", `${reason}: this attempt may no longer save, export or record`, {
    next: "nothing: the later attempt resumes from the newest checkpoint",
  });
}
