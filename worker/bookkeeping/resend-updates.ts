import type { ServiceError, WorkflowClientInterceptor, WorkflowStartUpdateOutput } from "@temporalio/client";
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * The type with which the server rejects an update that a worker received but did not process, for
 * example while it started.
 */
const unprocessed = "UnprocessedUpdate";
/**
 * gRPC's FAILED_PRECONDITION: the server refused the worker's answer, and with it aborted the
 * update.
 */
const notReady = 9;
const maxTries = 10;
const maxDelayMs = 5000;

/**
 * Sends an update again that no worker has processed, which the client itself does not. It keeps
 * its id: should the run have seen it after all, then the server answers with what became of it,
 * and the run does not see it twice.
 * @param firstDelayMs time before the second try; each further delay is twice as long, up to 5 s
 */
export const resendUpdates = (firstDelayMs = 50): WorkflowClientInterceptor => ({
  async startUpdate(input, next) {
    const identified = { ...input, options: { ...input.options, updateId: input.options?.updateId ?? randomUUID() } };
    for (let tries = 1; ; tries++) {
      const last = tries === maxTries;
      try {
        const output = await next(identified);
        if (last || !isUnprocessed(output)) return output;
      } catch (error) {
        if (last || (error as ServiceError & { cause?: { code?: number } }).cause?.code !== notReady) throw error;
      }
      await sleep(Math.min(firstDelayMs * 2 ** (tries - 1), maxDelayMs));
    }
  },
});

const isUnprocessed = ({ outcome }: WorkflowStartUpdateOutput): boolean =>
  outcome?.failure?.applicationFailureInfo?.type === unprocessed;
