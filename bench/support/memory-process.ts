/**
 * A worker process like worker/stage-worker.ts that records its memory when a stage's code is
 * loaded, and again when TensorFlow is: appends lines of JSON to the file that `PAWL_BENCH_MEMORY`
 * names.
 */
import { appendFileSync } from "node:fs";
import { stages } from "../../activities/index.js";
import { stageDefinitions, type StageType } from "../../schemas/stages/index.js";
import { runStageWorker } from "../../worker/attempts/run-stage-worker.js";
import type { StageTable } from "../../worker/attempts/stage-table.js";
import { endWith } from "../../worker/supervision/worker-process.js";
import { residentMemory } from "./process-memory.js";

function note(stage: StageType, when: "code" | "TensorFlow"): void {
  const line = JSON.stringify({ stage, when, ...residentMemory(process.pid) });
  appendFileSync(process.env["PAWL_BENCH_MEMORY"]!, `${line}\n`);
}

async function measured<S>(type: StageType, load: () => Promise<S>): Promise<S> {
  const stage = await load();
  note(type, "code");
  if (stageDefinitions[type].computesWithTensors === true) {
    await (await import("../../tensor/backend.js")).loadBackend();
    note(type, "TensorFlow");
  }
  return stage;
}

const table = Object.entries<() => Promise<unknown>>(stages).map(([type, load]) => [
  type,
  () => measured(type as StageType, load),
]);
endWith(runStageWorker(Object.fromEntries(table) as StageTable));
