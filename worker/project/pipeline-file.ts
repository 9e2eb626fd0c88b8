import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import type { ReadDefinition } from "../../compiler/children.js";
import { nearest } from "../../expressions/nearest.js";
import { namedFile } from "../../platform/containment.js";
import { PawlError } from "../../platform/errors.js";
import { fileRoot, shippedPipelines } from "../../platform/program/shipped.js";
import { utf8Text } from "../../platform/text/utf8.js";
import type { DefinitionFiles } from "../../schemas/plan.js";

/** Bare names are looked up in this directory. */
const directory = "pipelines";
const ending = /\.ya?ml$/;
/** Definitions are smaller. A larger file was named by mistake. */
const maxFileBytes = 4 << 20;

/** Whether a pipeline is named by a path, and not by the bare name of a file in pipelines/. */
export function isPath(name: string): boolean {
  return /[/\\]/.test(name) || ending.test(name);
}

/**
 * The file that a pipeline's name stands for, as seen from a directory. If the directory has none,
 * it may be one that Pawl ships: see fileRoot.
 * @throws PawlError NOT_ALLOWED if two files have the name
 */
export async function pipelineFile(name: string, base = ""): Promise<string> {
  if (isPath(name)) return name;
  const [found, second] = (await pipelineFiles(base)).filter((file) => bareName(file) === name);
  if (found === undefined) return path.join(directory, `${name}.yaml`);
  if (second === undefined) return found;
  throw new PawlError("NOT_ALLOWED", `two pipelines have the name ${name}`, {
    where: directory,
    expected: "one file of a name",
    got: `${found}, ${second}`,
    next: `write ${found}, or remove one of them`,
  });
}

/** The files in pipelines/ below a directory, sorted. */
export async function pipelineFiles(base = ""): Promise<string[]> {
  try {
    const files = await readdir(path.join(base, directory));
    return files
      .filter((file) => ending.test(file))
      .sort()
      .map((file) => path.join(directory, file));
  } catch {
    return [];
  }
}

/** Names of the pipelines in pipelines/ below a directory, sorted. */
export async function pipelineNames(base = ""): Promise<string[]> {
  return [...new Set((await pipelineFiles(base)).map(bareName))].sort();
}

/** Includes the names of the pipelines that Pawl ships. */
export async function knownPipelines(base = ""): Promise<string[]> {
  return [...new Set([...(await pipelineNames(base)), ...shippedPipelines().map(bareName)])].sort();
}

const bareName = (file: string): string => path.basename(file).replace(ending, "");

/**
 * The text of a definition's file.
 * @param name the file as messages name it
 * @throws PawlError FILE_TOO_LARGE; YAML_SYNTAX for bytes that are not UTF-8; system errors
 */
export async function readDefinition(file: string, name = file): Promise<string> {
  const { size } = await stat(file);
  if (size <= maxFileBytes) return utf8Text(await readFile(file), name, "YAML_SYNTAX");
  throw new PawlError("FILE_TOO_LARGE", "the file is too large to be a pipeline definition", {
    where: name,
    expected: `at most ${maxFileBytes} bytes`,
    got: `${size} bytes`,
    next: "name the YAML file of a pipeline",
  });
}

/**
 * Reads the definition that a run request names: the bare name of a file in pipelines/, or a path
 * below the project directory. Whoever may start runs must not read other files of the worker's
 * machine.
 * @throws PawlError PIPELINE_NOT_FOUND, NOT_ALLOWED, PATH_TRAVERSAL, FILE_TOO_LARGE, YAML_SYNTAX
 */
export async function readPipelineFile(
  name: string,
  workingDirectory: string,
  home: string,
): Promise<{ file: string; text: string }> {
  const file = path.normalize(await pipelineFile(name, workingDirectory));
  const next = "move the file below the worker's directory, or give its text as `definition`";
  try {
    const real = await namedFile(fileRoot(file, workingDirectory), file, home, { where: file, next });
    return { file: file.split(path.sep).join("/"), text: await readDefinition(real, file) };
  } catch (error) {
    if (error instanceof PawlError) throw error;
    throw await notFound(name, file, workingDirectory, error as NodeJS.ErrnoException);
  }
}

/**
 * Reads the definitions that another one names, as the compiler asks for them: below the project
 * directory, or shipped.
 * @param known definitions that are read from here instead
 */
export function definitionReader(workingDirectory: string, home: string, known: DefinitionFiles = {}): ReadDefinition {
  return async (name) => (Object.hasOwn(known, name) ? known[name]! : readPipelineFile(name, workingDirectory, home));
}

/** Reads only definitions that the plan contains. */
export function recordedReader(files: DefinitionFiles = {}): ReadDefinition {
  return (name) => {
    if (Object.hasOwn(files, name)) return Promise.resolve(files[name]!);
    const facts = {
      expected: Object.keys(files).join(", "),
      got: name,
      next: "fork the run with --file, and name it there",
    };
    return Promise.reject(new PawlError("PIPELINE_NOT_FOUND", "the run's plan does not hold this pipeline", facts));
  };
}

async function notFound(name: string, file: string, workingDirectory: string, cause: NodeJS.ErrnoException) {
  const names = await knownPipelines(workingDirectory);
  const guess = nearest(name, names);
  const reason = cause.code === "ENOENT" ? "the worker has no such pipeline" : `it cannot be read: ${cause.code}`;
  const known = names.length > 0 ? { expected: `one of ${names.join(", ")}` } : {};
  const next =
    guess === undefined ? "name a pipeline in pipelines/, or give its text as `definition`" : `write ${guess}`;
  return new PawlError("PIPELINE_NOT_FOUND", reason, { where: file, ...known, next }, { cause });
}
