import { rmSync } from "node:fs";
import { sha256 } from "../../../platform/digests.js";
import type { Plan } from "../../../schemas/plan.js";
import { layout } from "../../../store/home.js";
import {
  findDefinition,
  findPlan,
  findRecord,
  listRecords,
  recordIndex,
  savePlan,
  saveRecord,
} from "../../../store/records/runs.js";
import { useDirectory } from "../../support/directory.js";
import type { RunRecord } from "../../../store/records/record-types.js";

const home = useDirectory();
const definition = "name: tiny\n";
const plan: Plan = {
  name: "tiny",
  definitionDigest: sha256(definition),
  seed: 1,
  inputs: {},
  stages: [],
  outputs: {},
};
const record = (runId: string, startedAt: string): RunRecord => ({
  runId,
  startedAt,
  pipeline: "tiny",
  status: "running",
  stages: [],
  outputs: {},
});

test("a run keeps its own copy of definition and plan", async () => {
  expect([await findPlan(home(), "r"), await findDefinition(home(), "r")]).toEqual([undefined, undefined]);
  await savePlan(home(), "r", plan, definition);
  expect([await findPlan(home(), "r"), await findDefinition(home(), "r")]).toEqual([plan, definition]);
});

test("records are listed newest first, and the last one written counts", async () => {
  expect(await listRecords(home())).toEqual([]);
  await saveRecord(home(), record("old", "2024-01-01T00:00:00Z"));
  await saveRecord(home(), record("../new", "2025-01-01T00:00:00Z"));
  await saveRecord(home(), { ...record("old", "2024-01-01T00:00:00Z"), status: "failed" });
  await savePlan(home(), "unrecorded", plan, "");
  expect((await listRecords(home())).map((found) => [found.runId, found.status])).toEqual([
    ["../new", "running"],
    ["old", "failed"],
  ]);
  expect((await findRecord(home(), "../new"))?.runId).toBe("../new");
});

test("an index reads a record again when it has changed, and forgets runs that no longer exist", async () => {
  await saveRecord(home(), { ...record("one", "2024-01-01T00:00:00Z"), status: "succeeded" });
  await saveRecord(home(), record("two", "2025-01-01T00:00:00Z"));
  const read: string[] = [];
  const index = recordIndex(home(), ({ runId, status }) => {
    read.push(runId);
    return { status };
  });
  expect([...(await index()).values()].map(({ status }) => status).sort()).toEqual(["running", "succeeded"]);
  await index();
  expect(read.sort()).toEqual(["one", "two"]);
  await saveRecord(home(), { ...record("two", "2025-01-01T00:00:00Z"), status: "failed" });
  expect((await index()).get("two")).toEqual({ status: "failed" });
  rmSync(layout.run(home(), "two"), { recursive: true });
  expect([...(await index()).keys()]).toEqual(["one"]);
});
