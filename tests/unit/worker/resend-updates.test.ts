import { ServiceError, type WorkflowStartUpdateInput, type WorkflowStartUpdateOutput } from "@temporalio/client";
import { resendUpdates } from "../../../worker/bookkeeping/resend-updates.js";

const input = { updateName: "skip", options: {} } as WorkflowStartUpdateInput;
const taken: WorkflowStartUpdateOutput = { updateId: "1", workflowRunId: "2", outcome: { success: {} } };
const rejected = (type: string): WorkflowStartUpdateOutput => ({
  ...taken,
  outcome: { failure: { message: "said so", applicationFailureInfo: { type } } },
});
const refused = (code: number): ServiceError =>
  new ServiceError("Workflow Update failed", { cause: Object.assign(new Error("said so"), { code }) });

/** A server that gives `answer` to the first updates, and then takes one. */
function server(times: number, answer: WorkflowStartUpdateOutput | Error) {
  const ids: (string | undefined)[] = [];
  const next = ({ options }: WorkflowStartUpdateInput): Promise<WorkflowStartUpdateOutput> => {
    if (ids.push(options.updateId) > times) return Promise.resolve(taken);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { send: (asked = input) => resendUpdates(0).startUpdate!(asked, next), sent: () => ids.length, ids };
}

const failedPrecondition = 9;
const unavailable = 14;

test.each([
  ["rejected because no worker processed it", rejected("UnprocessedUpdate")],
  ["aborted because the worker's answer was refused", refused(failedPrecondition)],
])("an update that was %s is sent again", async (_, answer) => {
  const { send, sent } = server(3, answer);
  expect(await send()).toBe(taken);
  expect(sent()).toBe(4);
});

test("one that is sent again keeps its id: it is not applied twice if the run has seen it", async () => {
  const { send, ids } = server(3, refused(failedPrecondition));
  await send();
  expect(ids[0]).toMatch(/./);
  expect(new Set(ids).size).toBe(1);
  const named = server(1, refused(failedPrecondition));
  await named.send({ ...input, options: { updateId: "mine" } });
  expect(named.ids).toEqual(["mine", "mine"]);
});

test.each([
  [rejected("STAGE_NOT_PARKED"), rejected("STAGE_NOT_PARKED")],
  [taken, taken],
])("what the run itself answers is the answer", async (answer, expected) => {
  const { send, sent } = server(1, answer);
  expect(await send()).toEqual(expected);
  expect(sent()).toBe(1);
});

test("any other error ends it", async () => {
  const { send, sent } = server(1, refused(unavailable));
  await expect(send()).rejects.toThrow("Workflow Update failed");
  expect(sent()).toBe(1);
});

test("one that is never processed is given up", async () => {
  expect(await server(Infinity, rejected("UnprocessedUpdate")).send()).toEqual(rejected("UnprocessedUpdate"));
  const { send, sent } = server(Infinity, refused(failedPrecondition));
  await expect(send()).rejects.toThrow("Workflow Update failed");
  expect(sent()).toBe(10);
});
