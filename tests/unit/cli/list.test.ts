import type { Client } from "@temporalio/client";
import { listedAndRecorded } from "../../../cli/verbs/list.js";
import type { Plan } from "../../../schemas/plan.js";
import { saveRecord } from "../../../store/records/runs.js";
import { useDirectory } from "../../support/directory.js";
import { clientWithPollers } from "../../support/pollers.js";

const home = useDirectory();
const at = (minute: number): string => `2025-01-01T00:${String(minute).padStart(2, "0")}:00.000Z`;
const plan: Plan = { name: "p", definitionDigest: "0".repeat(64), seed: 1, inputs: {}, stages: [], outputs: {} };

/** Leaves the record of a run in the store, as it began. */
const record = (runId: string, minute: number) =>
  saveRecord(home(), { runId, pipeline: "p", status: "running", plan, stages: [], outputs: {}, startedAt: at(minute) });

const execution = (workflowId: string, minute: number, status = "COMPLETED") => ({
  workflowId,
  status: { name: status },
  startTime: new Date(at(minute)),
  closeTime: new Date(at(minute + 1)),
});

/** A server that knows all of these, and has indexed only some. */
function server(known: ReturnType<typeof execution>[], indexed: ReturnType<typeof execution>[]) {
  const described: string[] = [];
  const workflow = {
    list: async function* () {
      yield* indexed;
    },
    getHandle: (id: string) => ({
      describe: async () => {
        described.push(id);
        const found = known.find(({ workflowId }) => workflowId === id);
        if (found !== undefined) return found;
        throw Object.assign(new Error("not found"), { name: "WorkflowNotFoundError" });
      },
    }),
  };
  return { client: { ...clientWithPollers({}), workflow } as unknown as Client, described };
}

test("a run that the server has not indexed yet is listed as the server describes it", async () => {
  for (let i = 0; i < 5; i++) await record(`r${i}`, i);
  const known = [0, 1, 2, 3].map((i) => execution(`r${i}`, i));
  const { client } = server(known, known.slice(0, 2).reverse());
  const runs = await listedAndRecorded(client, home(), { limit: 50 });
  expect(runs.map(({ run, status, recorded }) => [run, status, recorded])).toEqual([
    ["r4", "running", true],
    ["r3", "succeeded", undefined],
    ["r2", "succeeded", undefined],
    ["r1", "succeeded", undefined],
    ["r0", "succeeded", undefined],
  ]);
  expect(runs[1]).toEqual({ run: "r3", pipeline: "p", status: "succeeded", startedAt: at(3), endedAt: at(4) });
});

test("only runs that are shown are asked for", async () => {
  for (let i = 0; i < 9; i++) await record(`r${i}`, i);
  const { client, described } = server([], []);
  expect(await listedAndRecorded(client, home(), { limit: 2 })).toHaveLength(2);
  expect(described.sort()).toEqual(["r7", "r8"]);
});

test("runs of a pipeline, a status or a time are found among all, before the list is cut", async () => {
  for (let i = 0; i < 9; i++) await record(`r${i}`, i);
  const known = [execution("r1", 1, "FAILED"), execution("r3", 3), execution("other", 20)];
  const { client } = server(known, known);
  const found = async (wanted: object) =>
    (await listedAndRecorded(client, home(), { limit: 2, ...wanted })).map(({ run }) => run);
  expect(await found({ status: ["failed", "succeeded"] })).toEqual(["other", "r3"]);
  expect(await found({ status: ["failed"] })).toEqual(["r1"]);
  expect(await found({ pipeline: "p", status: ["succeeded"] })).toEqual(["r3"]);
  expect(await found({ sinceMs: Date.parse(at(8)) })).toEqual(["other", "r8"]);
  expect(await found({ pipeline: "none" })).toEqual([]);
});

test("while no worker answers, a run is listed as it last told the server", async () => {
  const running = (id: string, minute: number, memo?: object) => ({ ...execution(id, minute, "RUNNING"), memo });
  const known = [
    running("waits", 3, { status: "waiting" }),
    running("works", 2, { status: "running" }),
    running("new", 1),
  ];
  const ended = { ...execution("ended", 0), memo: { status: "parked" } };
  const { client } = server([...known, ended], [...known, ended]);
  const runs = await listedAndRecorded(client, home(), { limit: 9 });
  expect(runs.map(({ run, status }) => [run, status])).toEqual([
    ["waits", "waiting"],
    ["works", "running"],
    ["new", "running"],
    ["ended", "succeeded"],
  ]);
  expect(await listedAndRecorded(client, home(), { limit: 9, status: ["waiting"] })).toHaveLength(1);
});
