import { compilePipeline } from "../compiler/index.js";
import { PawlError } from "../platform/errors.js";
import { stagesToRun } from "../schemas/matrix.js";
import type { Plan } from "../schemas/plan.js";
import type { RunRequest } from "../schemas/run.js";
import { findDefinition, findPlan, findRecord, savePlan, saveRecord, useArtifactsIn } from "../store/index.js";
import { initialStates } from "../workflows/board.js";
import { checkedRequest } from "./check-request.js";
import { ownStore } from "./own-store.js";
import { allowInlineCode, areGranted, digestOfPlan, grantPlan, isGrantedPlan, isSigned } from "./grant.js";
import { definitionReader, readPipelineFile } from "./pipeline-file.js";
import { codeNotAllowed, definitionDirectory, isUsable, type WorkerPlace } from "./project-directory.js";
import { projectFiles } from "./project-files.js";

/** Largest plan, bytes of JSON: workflow history holds it several times, in payloads of at most 2 MiB. */
const largestPlan = 512 * 1024;

/**
 * A run's first step: finds the definition that its request names or holds, checks and compiles it, and keeps the run's own
 * copy of definition and plan in the store, with what is known about its stages, above all people's choices.
 * @param onPlan called before the plan is stored
 * @throws PawlError PipelineErrors with everything that is wrong; INPUT_INVALID, PIPELINE_NOT_FOUND, PLAN_TOO_LARGE
 */
export async function loadPlan(
  worker: WorkerPlace,
  runId: string,
  given: RunRequest | null | undefined,
  onPlan: (plan: Plan) => void = () => undefined,
): Promise<Plan> {
  const { home } = worker;
  const request = await withKeptPlan(home, runId, checkedRequest(given));
  await ownStore(home, request.store);
  const { plan: compiled, definition } = await planOf(request, worker, runId);
  const plan = placed(compiled, request, worker, runId);
  refuseLargePlan(plan);
  onPlan(plan);
  await savePlan(home, runId, plan, definition ?? (await findDefinition(home, runId)) ?? "");
  // `gc` may be at work: it keeps what a run that begins names. What is missing is reported where it is used.
  useArtifactsIn(home, JSON.stringify(plan));
  const startedAt = (await findRecord(home, runId))?.startedAt ?? new Date().toISOString();
  const { name: pipeline } = plan;
  const toRun = stagesToRun(plan.stages, Object.values(request.stages ?? {}));
  const states = initialStates(toRun, request.stages);
  const stages = toRun.map(({ id }) => states[id]!);
  const { parent } = request;
  const record = { runId, pipeline, status: "running" as const, plan, stages, outputs: {}, startedAt };
  await saveRecord(home, { ...record, ...(parent && { parent }) });
  return plan;
}

/** The request of a child with the plan that its parent has prepared and the store keeps. */
async function withKeptPlan(home: string, runId: string, request: RunRequest): Promise<RunRequest> {
  const { planDigest, ...rest } = request;
  if (planDigest === undefined) return request;
  const plan = await findPlan(home, runId);
  if (plan !== undefined && digestOfPlan(plan) === planDigest) return { ...rest, plan };
  throw new PawlError("STORE_UNREADABLE", "the plan of this child is not in the store", {
    where: home,
    expected: `the plan ${planDigest.slice(0, 12)} of run ${runId}`,
    next: "resume the run that this one belongs to: it prepares the plan again",
  });
}

async function planOf(
  request: RunRequest,
  worker: WorkerPlace,
  runId: string,
): Promise<{ plan: Plan; definition?: string }> {
  if (request.plan) return { plan: request.plan };
  const directory = (): string => definitionDirectory(worker, request.project, isSigned(worker.home, runId, request));
  const source =
    request.definition === undefined
      ? await readPipelineFile(request.pipeline!, directory(), worker.home)
      : { text: request.definition, ...(request.file === undefined ? {} : { file: request.file }) };
  const { inputs = {}, seed } = request;
  const { plan } = await compilePipeline({
    ...source,
    inputs,
    ...(seed === undefined ? {} : { seed }),
    readProjectFile: async (file) => projectFiles(directory()).readProjectFile(file),
    readDefinition: async (name) => definitionReader(directory(), worker.home, request.files)(name),
    describeStage: async (file) => {
      if (!mayRunCode(request, worker, runId)) throw codeNotAllowed(file);
      return projectFiles(directory()).describeStage(file);
    },
  });
  return { plan, definition: source.text };
}

/** Whether a request may run code: it is signed, names a pipeline of the project, or the operator allows code of any definition. */
function mayRunCode(request: RunRequest, worker: WorkerPlace, runId: string): boolean {
  const project = request.plan?.project ?? request.project ?? worker.workingDirectory;
  const allowed = isUsable(worker, project, false) && process.env[allowInlineCode] === "1";
  return request.pipeline !== undefined || isSigned(worker.home, runId, request) || allowed;
}

/**
 * The plan with its project directory and, if the run may use that and run code, with a grant: if the request may run code, or
 * resumes a run that had a grant, with accepted changes.
 */
function placed(compiled: Plan, request: RunRequest, worker: WorkerPlace, runId: string): Plan {
  const { home, workingDirectory } = worker;
  if (request.plan && keepsGrant(request, request.plan, home, runId)) return request.plan;
  const plan = { ...compiled, project: compiled.project ?? request.project ?? workingDirectory };
  delete plan.grant;
  return mayRunCode(request, worker, runId) ? grantPlan(home, runId, plan) : plan;
}

/** Whether a resumed run has the plan and the changes that its grant covers. */
function keepsGrant(request: RunRequest, plan: Plan, home: string, runId: string): boolean {
  if (!isGrantedPlan(home, runId, plan)) return false;
  const stages = Object.entries(request.stages ?? {});
  return stages.every(([id, state]) => areGranted(home, runId, id, state)) || isSigned(home, runId, request);
}

/** @throws PawlError PLAN_TOO_LARGE */
export function refuseLargePlan(plan: Plan): void {
  const bytes = Buffer.byteLength(JSON.stringify(plan));
  if (bytes <= largestPlan) return;
  throw new PawlError("PLAN_TOO_LARGE", "the compiled definition with its inputs is too large for a run's history", {
    expected: `at most ${largestPlan} bytes`,
    got: `${bytes} bytes`,
    next: "put long texts into files, and name the files in the definition",
  });
}
