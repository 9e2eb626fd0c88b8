import { compilePipeline } from "../compiler/index.js";
import { PawlError } from "../platform/errors.js";
import { isObject } from "../platform/json.js";
import type { Plan } from "../schemas/plan.js";
import type { RunRequest } from "../schemas/run.js";
import { findDefinition, findRecord, savePlan, saveRecord } from "../store/index.js";
import { readPipelineFile } from "./pipeline-file.js";
import { projectFiles } from "./project-files.js";

/** Largest plan, bytes of JSON: it stands several times in workflow history, whose payloads end at 2 MiB. */
const largestPlan = 512 * 1024;

/**
 * A run's first act: finds the definition that its request names or holds, checks and compiles it, and keeps the run's
 * own copy of definition and plan in the store.
 * @throws PawlError PipelineErrors with everything that is wrong; INPUT_INVALID, PIPELINE_NOT_FOUND, PLAN_TOO_LARGE
 */
export async function loadPlan(
  { home, workingFolder }: { home: string; workingFolder: string },
  runId: string,
  request: RunRequest,
): Promise<Plan> {
  checkRequest(request);
  const { plan, definition } = await planOf(request, workingFolder);
  const bytes = Buffer.byteLength(JSON.stringify(plan));
  if (bytes > largestPlan) throw planTooLarge(bytes);
  await savePlan(home, runId, plan, definition ?? (await findDefinition(home, runId)) ?? "");
  const startedAt = (await findRecord(home, runId))?.startedAt ?? new Date().toISOString();
  const { name: pipeline } = plan;
  await saveRecord(home, { runId, pipeline, status: "running", plan, stages: [], outputs: {}, startedAt });
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

/** Requests are typed by hand in the UI: what they are is not known before it is looked at. */
function checkRequest(request: RunRequest | null | undefined): void {
  const { pipeline, definition, plan, inputs } = request ?? {};
  const given = [pipeline, definition, plan].filter((part) => part !== undefined).length;
  const example = '{"pipeline": "tiny", "inputs": {…}}';
  const facts = { where: "the workflow's input", expected: example, next: `give ${example} or {"definition": "…"}` };
  if (given !== 1)
    throw new PawlError("INPUT_INVALID", "a run needs exactly one of pipeline, definition and plan", {
      ...facts,
      got: given === 0 ? "none" : `${given} of them`,
    });
  for (const [name, value] of Object.entries({ pipeline, definition }))
    if (value !== undefined && typeof value !== "string")
      throw new PawlError("INPUT_INVALID", `${name} must be text`, { ...facts, got: typeof value });
  if (inputs !== undefined && !isObject(inputs))
    throw new PawlError("INPUT_INVALID", "inputs must be an object", { ...facts, got: JSON.stringify(inputs) });
}

function planTooLarge(bytes: number): PawlError {
  return new PawlError("PLAN_TOO_LARGE", "the compiled definition with its inputs is too large for a run's history", {
    expected: `at most ${largestPlan} bytes`,
    got: `${bytes} bytes`,
    next: "put long texts into files, and name the files in the definition",
  });
}
