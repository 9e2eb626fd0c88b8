import { isDeepStrictEqual } from "node:util";
import { checkWith } from "../../compiler/inputs/check-with.js";
import { compilePipeline } from "../../compiler/compile.js";
import { PawlError } from "../../platform/errors.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import { childRunId, type ParentStage, type PrepareChildRequest, type RunRequest } from "../../schemas/run.js";
import { findParent, findRecord, savePlan } from "../../store/records/runs.js";
import { grantPlan, planDigest } from "../authority/plans.js";
import { sealedStage } from "../authority/settings.js";
import { refuseLargePlan } from "./load-plan.js";
import { ownStore } from "./own-store.js";
import { recordedReader } from "../project/pipeline-file.js";
import { codeNotAllowed, definitionDirectory, type WorkerPlace } from "../project/project-directory.js";
import { projectFiles } from "../project/project-files.js";

/**
 * Prepares the run of a child: checks its inputs, compiles its definition, which the parent's plan
 * holds, keeps the plan in the store, and grants it what the parent's plan is granted.
 * @throws PawlError PipelineErrors with everything that is wrong with the inputs or, for them, with
 *   the definition; NOT_ALLOWED if the settings name another pipeline than the plan, or are not
 *   what the store makes them, or if another run has the child's id; PLAN_TOO_LARGE;
 *   STORE_UNREADABLE
 */
export async function prepareChild(worker: WorkerPlace, request: PrepareChildRequest): Promise<RunRequest> {
  const { home } = worker;
  const { runId } = request;
  const store = await ownStore(home, request.store);
  const { run, stage, with: settings } = await sealedStage(home, request);
  const { plan: parent, mayRunCode } = run;
  const where = `stages.${stage.id} (${stage.uses})`;
  const { pipeline: name, inputs } = checkWith(stage.uses, settings, where) as ChildSettings;
  const definition = parent.files?.[stage.child!.name];
  if (definition === undefined || name !== stage.child!.name) throw otherPipeline(stage, name);
  const readers = projectFiles(definitionDirectory(worker, parent.project, mayRunCode));
  const { plan: compiled } = await compilePipeline({
    ...definition,
    formerNotations: true,
    inputs,
    seed: parent.seed,
    readProjectFile: readers.readProjectFile,
    // A stage of one's own is loaded, which runs its code.
    describeStage: (file) => {
      if (!mayRunCode) throw codeNotAllowed(file);
      return readers.describeStage(file);
    },
    readDefinition: recordedReader(parent.files),
  });
  const id = childRunId(runId, stage.id);
  if (Buffer.byteLength(id) > maxIdLength) throw longId(id);
  const placed: Plan = { ...withCache(compiled, stage.cache), ...(parent.project && { project: parent.project }) };
  const plan = mayRunCode ? grantPlan(home, id, placed) : placed;
  refuseLargePlan(plan);
  await refuseOther(home, id, { run: runId, stage: stage.id });
  await savePlan(home, id, plan, definition.text, { run: runId, stage: stage.id });
  return {
    planDigest: planDigest(plan),
    parent: { run: runId, stage: stage.id },
    parentPause: null,
    ...(store !== undefined && { store }),
  };
}

/** The plan of a run that is no child of this stage stays. */
async function refuseOther(home: string, id: string, parent: ParentStage): Promise<void> {
  const record = await findRecord(home, id);
  // A child that was prepared and has not begun has no record.
  if (record === undefined || isDeepStrictEqual(await findParent(home, id), parent)) return;
  throw new PawlError("NOT_ALLOWED", "another run has the id of this child", {
    where: `stages.${parent.stage}`,
    expected: `no run ${id}, or that of this stage`,
    got: record.parent === undefined ? "a run without a parent" : `a child of ${record.parent.run}`,
    next: "start the parent with another --id",
  });
}

/** Longest id of a workflow, bytes, that a Temporal server accepts. */
const maxIdLength = 1000;

function longId(id: string): PawlError {
  return new PawlError("OUT_OF_RANGE", "the id of the child's run would be too long for the server", {
    where: id,
    expected: `at most ${maxIdLength} bytes`,
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

function otherPipeline({ id, child }: PlannedStage, name: string): PawlError {
  return new PawlError("NOT_ALLOWED", "a run's plan holds the pipelines that its stages run, and not this one", {
    where: `stages.${id}: with.pipeline`,
    expected: child!.name,
    got: name,
    next: `keep with.pipeline, or fork the run with --set stages.${id}.with.pipeline=${name}`,
  });
}
