import type { Client } from "@temporalio/client";
import { rmSync } from "node:fs";
import path from "node:path";
import { resumeRun } from "../../../api/acting/resume-run.js";
import type { Plan } from "../../../schemas/plan.js";
import type { RunState } from "../../../schemas/run.js";
import { layout } from "../../../store/home.js";
import { savePlan, saveRecord } from "../../../store/records/runs.js";
import { useDirectory } from "../../support/directory.js";

const home = useDirectory();
const plan: Plan = { name: "p", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, stages: [], outputs: {} };
const state: RunState = { pipeline: "p", status: "succeeded", plan, stages: [], outputs: {} };

/** The server of a run that has ended; `failed`: why it failed before its plan was loaded. */
async function server(failed?: { code: string; message: string }) {
  const [{ WorkflowFailedError }, { ApplicationFailure, RetryState }] = await Promise.all([
    import("@temporalio/client"),
    import("@temporalio/common"),
  ]);
  const start = jest.fn(async () => undefined);
  const handle = {
    describe: async () => ({
      status: { name: failed ? "FAILED" : "COMPLETED" },
      startTime: new Date(0),
      closeTime: new Date(1),
      raw: {},
    }),
    query: async () => (failed ? { ...state, plan: undefined, status: "failed" } : state),
    result: async () => {
      const cause = ApplicationFailure.nonRetryable(failed!.message, failed!.code);
      throw new WorkflowFailedError("failed", cause, RetryState.NON_RETRYABLE_FAILURE);
    },
  };
  const withDeadline = (_: unknown, work: () => unknown): unknown => work();
  const client = { withDeadline, workflow: { getHandle: () => handle, start } } as unknown as Client;
  return { client, start };
}

test("a run that has succeeded is resumed only where its record is missing, so that it is written again", async () => {
  await savePlan(home(), "r", plan, "");
  await saveRecord(home(), { ...state, runId: "r", startedAt: "2026-01-01T00:00:00Z" });
  const { client, start } = await server();
  await expect(resumeRun(client, home(), "r")).rejects.toMatchObject({ code: "RUN_NOT_RESUMABLE" });
  rmSync(path.join(layout.run(home(), "r"), "record.json"));
  await resumeRun(client, home(), "r");
  expect(start).toHaveBeenCalledTimes(1);
});

test.each([
  ["DISK_FULL", "the disk is full", "run it again with `pawl run`, under another id"],
  ["YAML_SYNTAX", "not YAML", "fix the definition, then run it again with `pawl run`, under another id"],
])("a run that ended with %s before it was loaded says what is true", async (code, message, next) => {
  const { client } = await server({ code, message });
  await expect(resumeRun(client, home(), "r")).rejects.toMatchObject({
    code: "RUN_NOT_RESUMABLE",
    message: expect.stringContaining(message) as string,
    facts: { next },
  });
});
