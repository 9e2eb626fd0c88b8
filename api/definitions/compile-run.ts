import { compilePipeline, type Warning } from "../../compiler/compile.js";
import type { JsonObject } from "../../platform/json.js";
import type { DefinitionFiles, Plan } from "../../schemas/plan.js";
import type { RunRequest } from "../../schemas/run.js";
import type { SchedulePlan } from "../../schemas/schedules.js";
import { definitionReader } from "../../worker/project/pipeline-file.js";
import { projectFiles } from "../../worker/project/project-files.js";
import { homeDirectory } from "../../store/home.js";

/** A definition, and what a run of it was given. */
export interface RunSource {
  text: string;
  file?: string;
  /** The project directory, absolute. */
  project: string;
  /** Definitions that this one names, as they were read before; others are read in the project. */
  files?: DefinitionFiles;
  /** As given, without defaults. */
  inputs: JsonObject;
  seed?: number;
}

export interface CompiledRun extends RunSource {
  plan: Plan;
  /** As the definition says. */
  schedule?: SchedulePlan;
  warnings: Warning[];
}

/**
 * Compiles a definition for a run.
 * @throws PipelineErrors with everything that is wrong with it and its inputs
 */
export async function compileRun(source: RunSource): Promise<CompiledRun> {
  const { project, files, ...rest } = source;
  const readDefinition = definitionReader(project, homeDirectory(), files);
  return { ...source, ...(await compilePipeline({ ...rest, ...projectFiles(project), readDefinition })) };
}

/** The request that starts the run. */
export function runRequest({ text, file, inputs, plan, project }: CompiledRun): RunRequest {
  const { seed, files } = plan;
  return { definition: text, ...(file !== undefined && { file }), inputs, seed, project, ...(files && { files }) };
}
