import { isDeepStrictEqual } from "node:util";
import { checkWith } from "../compiler/check-with.js";
import { compilePipeline } from "../compiler/index.js";
import { PawlError } from "../platform/errors.js";
import { producedArtifacts } from "../schemas/artifact.js";
import { stagesToRun } from "../schemas/matrix.js";
import type { Plan } from "../schemas/plan.js";
import { childRunId, type PrepareChildRequest, type RunRequest, type StageState } from "../schemas/run.js";
import { findRecord, savePlan, useArtifacts } from "../store/index.js";
import { initialStates } from "../workflows/board.js";
import { digestOfPlan, grantPlan, isGrantedPlan } from "./grant.js";
import { refuseLargePlan } from "./load-plan.js";
import { ownStore } from "./own-store.js";
import { recordedReader } from "./pipeline-file.js";
import { codeNotAllowed, definitionDirectory, type WorkerPlace } from "./project-directory.js";
import { projectFiles } from "./project-files.js";

/**
 * Prepares the run of a child: checks its inputs, compiles its definition, which the parent's plan holds, keeps the plan in
 * the store, and grants it what the parent's plan is granted. The finished stages of an earlier run with the same id and
 * plan are taken over.
 * @throws PawlError PipelineErrors with everything that is wrong with the inputs or, for them, with the definition;
 *   NOT_ALLOWED if the settings name another pipeline than the plan; PLAN_TOO_LARGE; STORE_UNREADABLE
 */
export async function prepareChild(worker: WorkerPlace, request: PrepareChildRequest): Promise<RunRequest> {
  const { home } = worker;
  const { runId, stage, uses, child, plan: parent } = request;
  const store = await ownStore(home, request.store);
  const { pipeline: name, inputs } = checkWith(uses, request.with, `stages.${stage} (${uses})`) as ChildSettings;
  const definition = parent.files?.[child.name];
  if (definition === undefined || name !== child.name) throw otherPipeline(request, name);
  const isGranted = isGrantedPlan(home, runId, parent);
  const directory = definitionDirectory(worker, parent.project, isGranted);
  const readers = projectFiles(directory);
  const { plan: compiled } = await compilePipeline({
    ...definition,
    inputs,
    seed: parent.seed,
    readProjectFile: readers.readProjectFile,
    // A stage of one's own is loaded, which runs its code.
    describeStage: (file) => {
      if (!isGranted) throw codeNotAllowed(file);
      return readers.describeStage(file);
    },
    readDefinition: recordedReader(parent.files),
  });
  const id = childRunId(runId, stage);
  if (Buffer.byteLength(id) > longestId) throw longId(id);
  const placed: Plan = { ...withCache(compiled, request.cache), ...(parent.project && { project: parent.project }) };
  const plan = isGranted ? grantPlan(home, id, placed) : placed;
  refuseLargePlan(plan);
  const stages = await finishedStages(home, id, plan);
  await savePlan(home, id, plan, definition.text);
  return {
    planDigest: digestOfPlan(plan),
    parent: { run: runId, stage },
    parentPause: null,
    ...(stages && { stages }),
    ...(store !== undefined && { store }),
  };
}

/** Longest id of a workflow, bytes, that a Temporal server accepts. */
const longestId = 1000;

function longId(id: string): PawlError {
  return new PawlError("OUT_OF_RANGE", "the id of the child's run would be too long for the server", {
    where: id,
    expected: `at most ${longestId} bytes`,
    next: "start the parent with a shorter --id",
  });
}

/** What the schema of the stage type says. */
interface ChildSettings {
  pipeline: string;
  inputs: NonNullable<RunRequest["inputs"]>;
}

/** `cache` of the stage holds for the child's stages as well: the stricter of the two. */
export function withCache(plan: Plan, cache: boolean | number): Plan {
  if (cache === true) return plan;
  const stricter = (own: boolean | number): boolean | number => {
    if (own === false || cache === false) return false;
    return own === true ? cache : Math.min(own, cache);
  };
  return { ...plan, stages: plan.stages.map((stage) => ({ ...stage, cache: stricter(stage.cache) })) };
}

/** The states of the earlier run of a child that is started again; undefined if there is none with this plan. */
async function finishedStages(home: string, id: string, plan: Plan): Promise<Record<string, StageState> | undefined> {
  const earlier = await findRecord(home, id);
  if (earlier?.plan === undefined || !isDeepStrictEqual(withoutGrant(earlier.plan), withoutGrant(plan)))
    return undefined;
  const known: Record<string, StageState> = {};
  for (const stage of earlier.stages)
    known[stage.id] = useArtifacts(home, producedArtifacts(stage)) ? stage : { ...stage, status: "queued" };
  return initialStates(stagesToRun(plan.stages, earlier.stages), known);
}

function withoutGrant({ grant: _, ...plan }: Plan): Omit<Plan, "grant"> {
  return plan;
}

function otherPipeline({ stage, child }: PrepareChildRequest, name: string): PawlError {
  return new PawlError("NOT_ALLOWED", "a run's plan holds the pipelines that its stages run, and not this one", {
    where: `stages.${stage}: with.pipeline`,
    expected: child.name,
    got: name,
    next: `keep with.pipeline, or fork the run with --set stages.${stage}.with.pipeline=${name}`,
  });
}
