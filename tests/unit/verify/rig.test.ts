import type { Client } from "@temporalio/client";
import { waitForResult } from "../../../verify/rig.js";

/**
 * A client that has lost the signal, as between two requests: only its deadline ends the wait, here
 * immediately.
 */
function forgetfulClient() {
  const deadlines: number[] = [];
  const client = {
    withAbortSignal: (_: AbortSignal, work: () => Promise<unknown>) => work(),
    withDeadline: (deadline: number, work: () => Promise<unknown>) => {
      deadlines.push(deadline);
      return Promise.race([work(), Promise.reject(new Error("deadline exceeded"))]);
    },
    workflow: { getHandle: () => ({ result: () => new Promise(() => {}) }) },
  };
  return { client: client as unknown as Client, deadlines };
}

test("a wait whose signal was lost ends by its deadline", async () => {
  const { client, deadlines } = forgetfulClient();
  await expect(waitForResult(client, "run", AbortSignal.abort())).rejects.toThrow("deadline exceeded");
  expect(deadlines).toHaveLength(1);
});
