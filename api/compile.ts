import path from "node:path";
import type { LocatedError } from "../compiler/errors.js";
import type { DefinitionFiles } from "../schemas/plan.js";
import type { WrittenPipeline } from "../schemas/written.js";

// What only some callers need is loaded when they call: a stage of one's own imports this package,
// too.

/**
 * A pipeline: a file, or the name of a file in pipelines/ or of a pipeline that Pawl ships; its
 * YAML text; or a definition of `definePipeline`.
 */
export type PipelineSource = string | PipelineText | WrittenPipeline;

export interface PipelineText {
  /** YAML. */
  readonly text: string;
  /** The file that it came from, as errors name it. */
  readonly file?: string;
}

export interface CompileOptions {
  /**
   * The project directory, in which paths of the definition begin; default: the working directory.
   */
  project?: string;
}

/** A valid pipeline for `start`, as plain data. */
export interface Pipeline {
  readonly name: string;
  /** The ids of its stages, in the order of the definition. */
  readonly stages: readonly string[];
  /** Its definition, YAML. */
  readonly text: string;
  /** The file that the definition came from; absent if it came from none. */
  readonly file?: string;
  /** The project directory, absolute. */
  readonly project: string;
  /**
   * The definitions that it names, in `include` or as pipelines of stages, by the names that it
   * uses.
   */
  readonly files: DefinitionFiles;
  /** Warnings, which do not prevent a run. */
  readonly warnings: readonly LocatedError[];
}

/**
 * Reads and checks a pipeline as `pawl validate` does. Values of its inputs are checked by `start`.
 *
 * @example
 * ```ts
 * const pipeline = await compile("pipelines/poems.yaml");
 * for (const { line, message } of pipeline.warnings) console.warn(`${line}: ${message}`);
 * ```
 * @throws PipelineErrors with everything that is wrong with the definition: code, file, line,
 *   column, expected, got and next of each error. The lines are those of the YAML; a definition in
 *   TypeScript is written as YAML first
 * @throws PawlError PIPELINE_NOT_FOUND, NOT_ALLOWED, FILE_TOO_LARGE
 */
export async function compile(source: PipelineSource, options: CompileOptions = {}): Promise<Pipeline> {
  const [{ validatePipeline }, { projectFiles }] = await Promise.all([
    import("../compiler/compile.js"),
    import("../worker/project/project-files.js"),
  ]);
  const project = path.resolve(options.project ?? "");
  const { text, file } = await readPipelineText(source, project);
  const named = file === undefined ? {} : { file };
  return { ...(await validatePipeline({ text, ...named, ...projectFiles(project) })), text, ...named, project };
}

async function readPipelineText(source: PipelineSource, project: string): Promise<PipelineText> {
  if (typeof source === "string")
    return (await import("./definitions/pipeline-file.js")).readPipelineFile(source, project);
  if (isText(source)) return source;
  const { stringify } = await import("yaml");
  return { text: stringify(source, { aliasDuplicateObjects: false, lineWidth: 0 }) };
}

const isText = (source: PipelineText | WrittenPipeline): source is PipelineText => "text" in source;
