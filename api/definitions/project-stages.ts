import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import type { OwnStages } from "../../compiler/generate/editor-schema.js";
import { namesFile, type DescribeStage } from "../../compiler/own-stages.js";
import { readSource } from "../../compiler/definition/source.js";
import { PawlError } from "../../platform/errors.js";
import { isObject } from "../../platform/json.js";
import { pipelineFiles } from "../../worker/project/pipeline-file.js";

/** The directory whose files are stages; those of directories below it are what they import. */
const directory = "stages";

export interface ProjectStages {
  stages: OwnStages;
  /** Why the others could not be loaded; `where` is the file. */
  errors: PawlError[];
}

/** Loads the stages of a project's own: the files in stages/, and those that its pipelines name. */
export async function projectStages(project: string, describe: DescribeStage): Promise<ProjectStages> {
  const named = await Promise.all((await pipelineFiles(project)).map((file) => filesNamedIn(path.join(project, file))));
  const files = [...new Set([...(await stageFiles(project)), ...named.flat()])].sort();
  const stages = new Map<string, Awaited<ReturnType<DescribeStage>>>();
  const errors: PawlError[] = [];
  for (const file of files)
    try {
      stages.set(file, await describe(file));
    } catch (error) {
      if (!(error instanceof PawlError)) throw error;
      errors.push(errorAt(file, error));
    }
  return { stages, errors };
}

/** As `uses` names them: `./stages/NAME.ts`. */
async function stageFiles(project: string): Promise<string[]> {
  const entries = await readdir(path.join(project, directory), { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && /(?<!\.d)\.m?[jt]s$/.test(entry.name));
  return files.map(({ name }) => `./${directory}/${name}`);
}

/**
 * The files that the stages of a definition name, as far as it can be read; `pawl validate` reports
 * what is wrong with it.
 */
async function filesNamedIn(file: string): Promise<string[]> {
  const definition = readSource(await readFile(file, "utf8")).source?.value;
  const stages = isObject(definition) && isObject(definition["stages"]) ? definition["stages"] : {};
  const uses = Object.values(stages).map((stage) => (isObject(stage) ? stage["uses"] : undefined));
  return uses.filter((one) => namesFile(one));
}

/** Whatever the place inside the file, the error names the file. */
function errorAt(file: string, error: PawlError): PawlError {
  const { where = file, ...facts } = error.facts;
  const message = where === file || where === "uses" ? error.message : `${where}: ${error.message}`;
  return new PawlError(error.code, message, { ...facts, where: file });
}
