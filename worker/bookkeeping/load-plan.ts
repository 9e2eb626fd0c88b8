import { isDeepStrictEqual } from "node:util";
import { compilePipeline } from "../../compiler/compile.js";
import { canonicalJson } from "../../platform/text/canonical-json.js";
import { sha256 } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import { stagesToRun } from "../../schemas/matrix.js";
import type { Plan } from "../../schemas/plan.js";
import { isOver, type LoadedPlan, type ParentStage, type RunRequest, type StageState } from "../../schemas/run.js";
import { useArtifactsIn } from "../../store/artifacts/artifacts.js";
import { findDefinition, findParent, findPlan, findRecord, savePlan, saveRecord } from "../../store/records/runs.js";
import { initialStates } from "../../workflows/board.js";
import { grantPlan, planDigest, withoutGrant } from "../authority/plans.js";
import { allowInlineCode, isSigned } from "../authority/requests.js";
import { verifiedStates, signedStates } from "../authority/states.js";
import { checkedRequest } from "./check-request.js";
import { ownStore } from "./own-store.js";
import { definitionReader, readPipelineFile } from "../project/pipeline-file.js";
import { codeNotAllowed, definitionDirectory, isUsable, type WorkerPlace } from "../project/project-directory.js";
import { projectFiles } from "../project/project-files.js";
import type { RunRecord } from "../../store/records/record-types.js";

/**
 * Largest plan, bytes of JSON: workflow history holds it several times, in payloads of at most 2
 * MiB.
 */
const largestPlan = 512 * 1024;

/** What the store knows about a run. */
interface KnownRun {
  plan: Plan | undefined;
  record: RunRecord | undefined;
  /**
   * Whether the workflow has begun it before, so that this is another attempt at its first step.
   */
  isBegun: boolean;
}

/**
 * A run's first step: finds the definition that its request names or holds, checks and compiles it,
 * and keeps the run's own copy of definition and plan in the store, with what is known about its
 * stages, above all people's choices. What the store has of a run stays: the plan of a request that
 * begins the run again must be equal.
 * @param execution the first execution of the run's workflow, to which the run's record belongs
 *   from then on
 * @param onPlan called before the plan is stored
 * @throws PawlError PipelineErrors with everything that is wrong; INPUT_INVALID,
 *   PIPELINE_NOT_FOUND, PLAN_TOO_LARGE; NOT_ALLOWED if the store has another run with this id, or
 *   one that has ended; STORE_UNREADABLE
 */
export async function loadPlan(
  worker: WorkerPlace,
  runId: string,
  given: RunRequest | null | undefined,
  execution: string,
  onPlan: (plan: Plan) => void = () => undefined,
): Promise<LoadedPlan> {
  const { home } = worker;
  const request = checkedRequest(given);
  const store = await ownStore(home, request.store);
  const [kept, record] = [await findPlan(home, runId), await findRecord(home, runId)];
  const known = { plan: kept, record, isBegun: record?.execution === execution };
  const parent = await findParent(home, runId);
  refuseOtherParent(request, parent);
  const { plan, definition } = await loadPlanOrCompile(request, worker, runId, known);
  refuseLargePlan(plan);
  onPlan(plan);
  // `gc` may be at work: it keeps what a run that begins names. What is missing is reported where
  // it is used.
  useArtifactsIn(home, JSON.stringify(plan));
  const states = await loadStates(home, runId, request, plan, record);
  if (parent === undefined) refuseDone(home, runId, plan, { states, known });
  if (kept === undefined) await savePlan(home, runId, plan, definition);
  await saveRecord(home, begunRecord(runId, { parent, plan, states, record, execution }));
  return { plan: withoutGrant(plan), stages: states, store };
}

/** The record of a run that begins, or begins again. */
function begunRecord(
  runId: string,
  {
    parent,
    plan,
    states,
    record,
    execution,
  }: {
    parent: ParentStage | undefined;
    plan: Plan;
    states: Record<string, StageState>;
    record: RunRecord | undefined;
    execution: string;
  },
): RunRecord {
  const stages = stagesToRun(plan.stages, Object.values(states)).map(({ id }) => states[id]!);
  const startedAt = record?.startedAt ?? new Date().toISOString();
  return {
    ...{ runId, pipeline: plan.name, status: "running", plan, stages, outputs: {}, startedAt, execution },
    ...(parent && { parent }),
  };
}

/**
 * Only a child that its parent has prepared has a parent: what the store has of it counts as the
 * parent's result.
 */
function refuseOtherParent({ parent }: RunRequest, prepared: ParentStage | undefined): void {
  if (parent === undefined || isDeepStrictEqual(parent, prepared)) return;
  throw new PawlError("NOT_ALLOWED", "only a stage of a run starts the run of a child", {
    where: "the workflow's input: parent",
    got: `${parent.run}, stages.${parent.stage}`,
    next: "leave parent out",
  });
}

/** A run that has succeeded, and whose results are all in the store, is not begun again. */
function refuseDone(
  home: string,
  runId: string,
  plan: Plan,
  { states, known: { record, isBegun } }: { states: Record<string, StageState>; known: KnownRun },
): void {
  if (isBegun || record?.status !== "succeeded") return;
  const isFinished = (state: StageState | undefined): boolean =>
    state?.status === "succeeded" || state?.status === "cached";
  const before = new Map(record.stages.map((stage) => [stage.id, stage]));
  const isWhole = stagesToRun(plan.stages, Object.values(states)).every(
    ({ id }) => !isFinished(before.get(id)) || isFinished(states[id]),
  );
  if (isWhole) throw endedRun(runId);
}

/**
 * What is known about the stages: of a run that resumes or forks another, results that can be
 * verified.
 */
async function loadStates(
  home: string,
  runId: string,
  request: RunRequest,
  plan: Plan,
  record: RunRecord | undefined,
): Promise<Record<string, StageState>> {
  const given = request.stages ?? {};
  const run = { runId, digest: planDigest(plan) };
  // The run of a child may have run another plan before.
  const isSame = record?.plan !== undefined && planDigest(record.plan) === planDigest(plan);
  const states = isSigned(home, runId, request)
    ? signedStates(home, run, given)
    : await verifiedStates(home, run, { given, recorded: isSame ? record.stages : [] });
  return initialStates(stagesToRun(plan.stages, Object.values(states)), states);
}

/**
 * The plan of a request: that of the store if the store has the run, else a new one with what it
 * may do.
 */
async function loadPlanOrCompile(
  request: RunRequest,
  worker: WorkerPlace,
  runId: string,
  known: KnownRun,
): Promise<{ plan: Plan; definition: string }> {
  const { home } = worker;
  if (request.planDigest !== undefined)
    return { plan: keptPlan(home, runId, request.planDigest, known), definition: "" };
  if (known.isBegun && known.plan !== undefined) return { plan: known.plan, definition: "" };
  const compiled = await compiledPlan(request, worker, runId);
  const { workingDirectory } = worker;
  const { grant: _grant, ...own } = compiled.plan;
  const plan = { ...own, project: own.project ?? request.project ?? workingDirectory };
  if (known.plan === undefined)
    return { ...compiled, plan: mayRunCode(request, worker, runId) ? grantPlan(home, runId, plan) : plan };
  const isResumed = request.plan !== undefined;
  if (planDigest(known.plan) !== planDigest(plan)) throw otherRun(runId);
  if (!isResumed && known.record !== undefined && isOver(known.record.status)) throw endedRun(runId);
  return { ...compiled, plan: known.plan };
}

/** The plan that the store keeps for a child, and for a run that is resumed. */
function keptPlan(home: string, runId: string, digest: string, { plan }: KnownRun): Plan {
  // Earlier versions took the digest of the plan with its grant.
  if (plan !== undefined && [planDigest(plan), sha256(canonicalJson(plan))].includes(digest)) return plan;
  throw new PawlError("STORE_UNREADABLE", "the plan of this run is not in the store", {
    where: home,
    expected: `the plan ${digest.slice(0, 12)} of run ${runId}`,
    next: "if it is the run of a child, resume the run that it belongs to; else start it again with `pawl run`",
  });
}

/** Existing files are never overwritten. */
function otherRun(runId: string): PawlError {
  return new PawlError("NOT_ALLOWED", `the store has another run ${runId}`, {
    where: "the workflow's id",
    expected: "an id that no run in the store has",
    got: runId,
    next: `choose another id, or look at that run: pawl status ${runId}`,
  });
}

function endedRun(runId: string): PawlError {
  return new PawlError("NOT_ALLOWED", `run ${runId} has ended, and its record stays`, {
    where: "the workflow's id",
    expected: "an id that no run in the store has",
    got: runId,
    next: `choose another id, or resume that run: pawl resume ${runId}`,
  });
}

async function compiledPlan(
  request: RunRequest,
  worker: WorkerPlace,
  runId: string,
): Promise<{ plan: Plan; definition: string }> {
  const { home } = worker;
  if (request.plan) return { plan: request.plan, definition: (await findDefinition(home, runId)) ?? "" };
  const directory = (): string => definitionDirectory(worker, request.project, isSigned(home, runId, request));
  const source =
    request.definition === undefined
      ? await readPipelineFile(request.pipeline!, directory(), home)
      : { text: request.definition, ...(request.file === undefined ? {} : { file: request.file }) };
  const { inputs = {}, seed } = request;
  const { plan } = await compilePipeline({
    ...source,
    formerNotations: true,
    inputs,
    ...(seed === undefined ? {} : { seed }),
    readProjectFile: async (file) => projectFiles(directory()).readProjectFile(file),
    readDefinition: async (name) => definitionReader(directory(), home, request.files)(name),
    describeStage: async (file) => {
      if (!mayRunCode(request, worker, runId)) throw codeNotAllowed(file);
      return projectFiles(directory()).describeStage(file);
    },
  });
  return { plan, definition: source.text };
}

/**
 * Whether a request may run code: it is signed, names a pipeline of the project, or the operator
 * allows code of any definition.
 */
function mayRunCode(request: RunRequest, worker: WorkerPlace, runId: string): boolean {
  const project = request.plan?.project ?? request.project ?? worker.workingDirectory;
  const allowed = isUsable(worker, project, false) && process.env[allowInlineCode] === "1";
  return request.pipeline !== undefined || isSigned(worker.home, runId, request) || allowed;
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
