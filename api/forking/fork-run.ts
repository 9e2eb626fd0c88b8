import { compilePipeline, type Warning } from "../../compiler/compile.js";
import { PawlError } from "../../platform/errors.js";
import type { JsonObject } from "../../platform/json.js";
import { producedArtifacts } from "../../schemas/artifact.js";
import type { Plan } from "../../schemas/plan.js";
import type { RunRequest, StageState } from "../../schemas/run.js";
import { useArtifacts } from "../../store/artifacts/artifacts.js";
import { findDefinition, findPlan, findRecord } from "../../store/records/runs.js";
import { queuedState } from "../../workflows/board.js";
import { recordedReader } from "../../worker/project/pipeline-file.js";
import { planDigest } from "../../worker/authority/plans.js";
import { verifiedStates } from "../../worker/authority/states.js";
import { projectFiles } from "../../worker/project/project-files.js";
import { findExecution, unknownRun } from "../reading/find-run.js";
import { knownRun } from "../reading/read-run.js";
import type { Server } from "../servers/server.js";
import {
  declaredInputs,
  editedDefinition,
  givenInputs,
  reducedDefinition,
  withoutIncludes,
  type Edits,
} from "./edit-definition.js";
import { keptStages, type ForkedRun } from "./kept-stages.js";

/** What a fork changes. */
export interface ForkChanges {
  /** Assignments such as `stages.base.with.steps=500`. */
  set: readonly string[];
  /** An edited definition, instead of the run's own. */
  edited?: { text: string; file: string };
  /** Changed inputs of the fork's definition. */
  inputs: (definition: string) => Promise<JsonObject> | JsonObject;
  seed?: number;
  /** The stage to rerun; later stages rerun if its result differs. */
  from?: string;
  /** Runs only this stage and the stages that lead to it. */
  only?: string;
  /** The project directory, absolute; default: that of the run. */
  project?: string;
}

/** A fork's definition, compiled. */
export interface Fork {
  run: ForkedRun;
  definition: string;
  file: string;
  inputs: JsonObject;
  project: string;
  plan: Plan;
  warnings: Warning[];
}

/**
 * A run that can be forked, as the server knows it.
 * @throws PawlError RUN_NOT_FOUND, RUN_NOT_RESUMABLE; WORKER_LOST if it is under way and no worker
 *   answers
 */
export async function forkedRun({ client }: Server, home: string, runId: string): Promise<ForkedRun> {
  const known = await findExecution(client, runId);
  if (known === undefined && (await findPlan(home, runId)) === undefined) throw await unknownRun(client, runId);
  const state = known === undefined ? await findRecord(home, runId) : (await knownRun(client, home, runId)).state;
  return recordedRun(home, runId, state);
}

/**
 * A run that can be forked, as its files in the store and a state of it say. Whoever forks it signs
 * what it takes over: of the state, only what can be verified counts.
 * @throws PawlError RUN_NOT_RESUMABLE
 */
export async function recordedRun(
  home: string,
  runId: string,
  state: { stages?: readonly StageState[]; store?: string; priority?: number } | undefined,
): Promise<ForkedRun> {
  const [plan, text] = [await findPlan(home, runId), await findDefinition(home, runId)];
  if (plan === undefined || text === undefined || text === "")
    throw new PawlError("RUN_NOT_RESUMABLE", `run ${runId} cannot be forked: its definition is not in the store`, {
      where: home,
      next: "run the file again with `pawl run`: finished stages come from the cache",
    });
  const { stages: claimed = [], store, priority } = state ?? {};
  const given = Object.fromEntries(claimed.map((stage) => [stage.id, stage]));
  const verified = await verifiedStates(home, { runId, digest: planDigest(plan) }, { given, recorded: [] });
  return {
    ...{ runId, plan, text, stages: claimed.map(({ id }) => verified[id]!) },
    ...(store !== undefined && { store }),
    ...(priority !== undefined && { priority }),
  };
}

/** Compiles a fork's definition. @throws PipelineErrors; PawlError of the edits */
export async function compileFork(run: ForkedRun, changes: ForkChanges): Promise<Fork> {
  const { edited, only } = changes;
  const file = edited?.file ?? run.plan.file ?? "definition";
  const project = changes.project ?? run.plan.project ?? process.cwd();
  const readers = projectFiles(project);
  const readDefinition = edited === undefined ? recordedReader(run.plan.files) : readers.readDefinition;
  const given = edited?.text ?? run.text;
  const known = new Set(declaredInputs(given));
  const before = Object.entries(givenInputs(run.text, run.plan.inputs)).filter(([name]) => known.has(name));
  const inputs = { ...Object.fromEntries(before), ...(await changes.inputs(given)) };
  const edits = collectEdits(run, changes);
  const isEdited = edits.set.length > 0 || Object.keys(edits.changes).length > 0;
  const isWhole = !isEdited && changes.from === undefined && only === undefined;
  const text = editedDefinition(isWhole ? given : await withoutIncludes(given, readDefinition), edits);
  // Lines of an error are those of the edited text.
  const name = text === given ? file : `${file} as edited`;
  const seed = changes.seed ?? run.plan.seed;
  const formerNotations = edited === undefined;
  const settings = { file: name, inputs, seed, ...readers, readDefinition, formerNotations };
  const { plan, warnings } = await compilePipeline({ text, ...settings });
  if (only === undefined) return { run, definition: text, file, inputs, project, plan, warnings };
  const definition = reducedDefinition(text, only, plan.stages);
  const reduced = await compilePipeline({ text: definition, ...settings });
  return { run, definition, file, inputs, project, plan: reduced.plan, warnings };
}

/**
 * Changes that came with `pawl retry` belong to the run's own definition, not to an edited file.
 */
function collectEdits({ stages }: ForkedRun, { set, edited, from }: ForkChanges): Edits {
  const changed = edited === undefined ? stages.filter(({ changes }) => changes !== undefined) : [];
  const changes = Object.fromEntries(changed.map(({ id, changes }) => [id, changes!]));
  return { set, changes, ...(from !== undefined && { from }) };
}

/**
 * The request that starts the fork. A finished stage whose artifacts are no longer in the store
 * runs again.
 */
export async function forkRequest(
  home: string,
  { run, definition, file, inputs, project, plan }: Fork,
  from: string | undefined,
): Promise<RunRequest & { stages: Record<string, StageState> }> {
  const stages = keptStages(run, plan, from);
  for (const stage of Object.values(stages))
    if (!useArtifacts(home, producedArtifacts(stage))) stages[stage.id] = queuedState(stage);
  const { store } = run;
  const { seed, files } = plan;
  return {
    ...{ definition, file, inputs, seed, project, stages },
    ...(files && { files }),
    ...(store !== undefined && { store }),
  };
}
