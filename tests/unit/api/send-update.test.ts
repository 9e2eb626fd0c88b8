import { ApplicationFailure } from "@temporalio/common";
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from "@temporalio/client";
import { sendUpdate } from "../../../api/acting/send-update.js";

const failure = (type: string): Error =>
  new WorkflowUpdateFailedError("Workflow Update failed", ApplicationFailure.nonRetryable("said so", type));

/** A run that rejects `rejected` updates with a failure, and then accepts one. */
function run(rejected: number, error: Error) {
  const sent: unknown[] = [];
  const executeUpdate = (name: string, { args = [] }: { args?: unknown[] } = {}): Promise<unknown> => {
    sent.push([name, ...args]);
    return sent.length <= rejected ? Promise.reject(error) : Promise.resolve("taken");
  };
  return { sent, handle: { workflowId: "run-1", executeUpdate } as unknown as Parameters<typeof sendUpdate>[0] };
}

test("an update without an argument is sent without one", async () => {
  const { sent, handle } = run(0, failure(""));
  expect(await sendUpdate(handle, "pause")).toBe("taken");
  expect(sent).toEqual([["pause"]]);
});

test.each([
  [failure("STAGE_NOT_PARKED"), { code: "STAGE_NOT_PARKED", facts: { next: "pawl status run-1" } }],
  [failure("unheard of"), { code: "NOT_ALLOWED" }],
  [
    new WorkflowNotFoundError("workflow execution already completed", "run-1", undefined),
    { code: "NOT_ALLOWED", message: expect.stringContaining("run run-1 has already ended") },
  ],
  [new Error("the server is away"), { message: "the server is away" }],
])("a refusal and any other error end it immediately: %s", async (error, expected) => {
  const { sent, handle } = run(1, error);
  await expect(sendUpdate(handle, "skip", {})).rejects.toMatchObject(expected);
  expect(sent).toHaveLength(1);
});
