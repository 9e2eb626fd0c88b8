import { compilePipeline } from "../compiler/index.js";
import { PawlError } from "../platform/errors.js";
import type { Plan } from "../schemas/plan.js";
import type { RunRequest } from "../schemas/run.js";
import { findDefinition, findRecord, savePlan, saveRecord } from "../store/index.js";
import { initialStates } from "../workflows/board.js";
import { checkedRequest } from "./check-request.js";
import { ownStore } from "./own-store.js";
import { readPipelineFile } from "./pipeline-file.js";
import { projectFiles } from "./project-files.js";

/** Largest plan, bytes of JSON: it stands several times in workflow history, whose payloads end at 2 MiB. */
const largestPlan = 512 * 1024;

/**
 * A run's first act: finds the definition that its request names or holds, checks and compiles it, and keeps the run's
 * own copy of definition and plan in the store, with what is known of its stages: the choices of people above all.
 * @throws PawlError PipelineErrors with everything that is wrong; INPUT_INVALID, PIPELINE_NOT_FOUND, PLAN_TOO_LARGE
 */
export async function loadPlan(
  { home, workingFolder }: { home: string; workingFolder: string },
  runId: string,
  given: RunRequest | null | undefined,
): Promise<Plan> {
  const request = checkedRequest(given);
  await ownStore(home, request.store);
  const { plan, definition } = await planOf(request, workingFolder);
  const bytes = Buffer.byteLength(JSON.stringify(plan));
  if (bytes > largestPlan) throw planTooLarge(bytes);
  await savePlan(home, runId, plan, definition ?? (await findDefinition(home, runId)) ?? "");
  const startedAt = (await findRecord(home, runId))?.startedAt ?? new Date().toISOString();
  const { name: pipeline } = plan;
  const states = initialStates(plan.stages, request.stages);
  const stages = plan.stages.map(({ id }) => states[id]!);
  await saveRecord(home, { runId, pipeline, status: "running", plan, stages, outputs: {}, startedAt });
  return plan;
}

async function planOf(request: RunRequest, workingFolder: string): Promise<{ plan: Plan; definition?: string }> {
  if (request.plan) return { plan: request.plan };
  const source =
    request.definition === undefined
      ? await readPipelineFile(request.pipeline!, workingFolder)
      : { text: request.definition, ...(request.file === undefined ? {} : { file: request.file }) };
  const { inputs = {}, seed } = request;
  const { plan } = await compilePipeline({
    ...source,
    inputs,
    ...(seed === undefined ? {} : { seed }),
    readProjectFile: projectFiles(workingFolder),
  });
  return { plan, definition: source.text };
}

function planTooLarge(bytes: number): PawlError {
  return new PawlError("PLAN_TOO_LARGE", "the compiled definition with its inputs is too large for a run's history", {
    expected: `at most ${largestPlan} bytes`,
    got: `${bytes} bytes`,
    next: "put long texts into files, and name the files in the definition",
  });
}
