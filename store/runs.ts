import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Plan } from "../schemas/plan.js";
import type { RunState } from "../schemas/run.js";
import { isMissing, storeError } from "./errors.js";
import { readJson, writeFileWhole } from "./files.js";
import { layout } from "./home.js";
import { namesIn } from "./temporary.js";

/** What remains of a run when the server that ran it is gone. */
export interface RunRecord extends RunState {
  runId: string;
  /** ISO 8601. */
  startedAt: string;
  endedAt?: string;
}

/** Keeps a run's own copy of its definition and plan: editing the file later changes nothing. */
export async function savePlan(home: string, runId: string, plan: Plan, definition: string): Promise<void> {
  await guarded(home, async () => {
    await writeFileWhole(path.join(layout.run(home, runId), "pipeline.yaml"), definition);
    await writeFileWhole(path.join(layout.run(home, runId), "plan.json"), JSON.stringify(plan, null, 1));
  });
}

export async function findPlan(home: string, runId: string): Promise<Plan | undefined> {
  return guarded(
    home,
    async () => (await readJson(path.join(layout.run(home, runId), "plan.json"))) as Plan | undefined,
  );
}

/** The text a run was started from. */
export async function findDefinition(home: string, runId: string): Promise<string | undefined> {
  return guarded(home, async () => {
    try {
      return await readFile(path.join(layout.run(home, runId), "pipeline.yaml"), "utf8");
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  });
}

export async function saveRecord(home: string, record: RunRecord): Promise<void> {
  await guarded(home, () =>
    writeFileWhole(path.join(layout.run(home, record.runId), "record.json"), JSON.stringify(record, null, 1)),
  );
}

export async function findRecord(home: string, runId: string): Promise<RunRecord | undefined> {
  return guarded(
    home,
    async () => (await readJson(path.join(layout.run(home, runId), "record.json"))) as RunRecord | undefined,
  );
}

/** Every recorded run, newest first. */
export async function listRecords(home: string): Promise<RunRecord[]> {
  return guarded(home, async () => {
    const files = (await namesIn(layout.runs(home))).map((name) => path.join(layout.runs(home), name, "record.json"));
    const records = (await Promise.all(files.map(readJson))) as (RunRecord | undefined)[];
    return records.filter((record) => record !== undefined).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  });
}

async function guarded<T>(home: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await storeError(error, home);
  }
}
