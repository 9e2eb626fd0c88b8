import { ApplicationFailure, log, sleep, TemporalFailure, workflowInfo } from "@temporalio/workflow";
import type { Delivery, NotificationRequest } from "../schemas/notifications.js";
import { deliver, recordUndelivered } from "./activities.js";
import { isNotification } from "./messages.js";
import { readFailure } from "./failure.js";
import { waitBefore } from "./retry.js";

/**
 * The workflow type `notification`: notifies one webhook of one event of a run, which starts it and
 * does not wait for it. It makes several attempts; what is not delivered is recorded in the run's
 * directory of the store.
 * @returns whether the webhook has received it
 */
export async function notification(given: NotificationRequest): Promise<boolean> {
  const { parent, workflowId } = workflowInfo();
  if (parent === undefined || !isNotification(given))
    throw ApplicationFailure.nonRetryable("only a run sends notifications", "NOT_ALLOWED");
  const { retry, ...request } = given;
  const delivery: Delivery = { ...request, runId: parent.workflowId, key: workflowId };
  for (let attempts = 1; ; attempts++) {
    try {
      await deliver(delivery);
      return true;
    } catch (error) {
      const { class: kind, code, message } = readFailure(error).failure;
      const isPassing = kind === "io" || kind === "timeout";
      if (!isPassing || attempts >= retry.maxAttempts) {
        await record({ ...delivery, code, reason: message });
        return false;
      }
    }
    await sleep(waitBefore(retry, attempts));
  }
}

async function record(undelivered: Parameters<typeof recordUndelivered>[0]): Promise<void> {
  try {
    await recordUndelivered(undelivered);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    log.warn("a notification was not delivered, which could not be recorded", { error });
  }
}
