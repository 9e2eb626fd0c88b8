import { ActivityFailure, ApplicationFailure, sleep } from "@temporalio/workflow";
import type { ErrorCode } from "../platform/errors.js";

/**
 * Times until the workflow's own work is offered again after a worker of another store has given it
 * back, ms. History grows with each, so there are not many: if the workers of the run's store are
 * away, its workflow task fails, which adds nothing to it.
 */
const offersMs = [1000, 1000, 2000, 2000, 4000, 4000, ...Array<number>(14).fill(8000)];

/**
 * Repeats the workflow's own work until a worker of the run's store does it: the server hands
 * workflows to workers of any store. A worker of another store gives the workflow back
 * (worker/bookkeeping/hand-back.ts). A failed workflow task would do so as well, but the server
 * waits longer after each of them, up to ten minutes. `inOutcomeOrder` does the same.
 */
export function atOwnStore<T>(work: () => Promise<T>, offers = 0): Promise<T> {
  return work().catch(async (error: unknown) => {
    if (!isOtherStore(error)) throw error;
    await nextOffer(error, offers);
    return atOwnStore(work, offers + 1);
  });
}

export function isOtherStore(error: unknown): boolean {
  const code: ErrorCode = "OTHER_STORE";
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === code;
}

/**
 * @param offers that have been in vain
 * @throws an error that fails the workflow task, not the run: no failure of Temporal's
 */
export async function nextOffer(error: unknown, offers: number): Promise<void> {
  const waitMs = offersMs[offers];
  if (waitMs === undefined) throw new Error((error as Error).message);
  await sleep(waitMs);
}
