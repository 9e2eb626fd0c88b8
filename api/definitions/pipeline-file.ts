import { nearest } from "../../expressions/nearest.js";
import { PawlError } from "../../platform/errors.js";
import { resolveFile } from "../../platform/program/shipped.js";
import {
  isPath,
  knownPipelines,
  pipelineFile,
  pipelineFiles,
  readDefinition,
} from "../../worker/project/pipeline-file.js";

/** A definition's text, and the file it came from as the user would name it. */
export interface PipelineFile {
  file: string;
  text: string;
}

/**
 * Reads a definition: a path, or the bare name of a file in pipelines/ or of a pipeline that Pawl
 * ships.
 * @param project the directory in which paths begin
 * @throws PawlError PIPELINE_NOT_FOUND, NOT_ALLOWED, FILE_TOO_LARGE, YAML_SYNTAX
 */
export async function readPipelineFile(name: string, project = process.cwd()): Promise<PipelineFile> {
  const file = await pipelineFile(name, project);
  try {
    return { file, text: await readDefinition(resolveFile(file, project), file) };
  } catch (error) {
    if (error instanceof PawlError) throw error;
    throw await notFound(name, file, project, error as NodeJS.ErrnoException);
  }
}

async function notFound(name: string, file: string, project: string, cause: NodeJS.ErrnoException): Promise<PawlError> {
  const names = await knownPipelines(project);
  const guess = isPath(name) ? nearest(name, await pipelineFiles(project)) : nearest(name, names);
  const reason = cause.code === "ENOENT" ? "there is no such pipeline" : `it cannot be read: ${cause.code}`;
  return new PawlError(
    "PIPELINE_NOT_FOUND",
    reason,
    {
      where: file,
      ...(names.length > 0 && { expected: `a file, or one of ${names.join(", ")}` }),
      next: guess === undefined ? "name a YAML file, or a pipeline in pipelines/" : `did you mean ${guess}?`,
    },
    { cause },
  );
}
