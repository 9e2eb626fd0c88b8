import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { nearest } from "../expressions/nearest.js";
import { PawlError } from "../schemas/errors.js";

/** A definition's text, and the file it came from as the user would name it. */
export interface PipelineFile {
  file: string;
  text: string;
}

/** Where a bare name is looked for. */
const folder = "pipelines";
/** Definitions are small; a larger file was named by mistake. */
const longestBytes = 4 << 20;

/**
 * Reads a definition: a path, or the bare name of a file in pipelines/.
 * @throws PawlError PIPELINE_NOT_FOUND, FILE_TOO_LARGE
 */
export async function readPipelineFile(name: string): Promise<PipelineFile> {
  const isPath = name.includes("/") || name.includes(path.sep) || /\.ya?ml$/.test(name);
  const file = isPath ? name : path.join(folder, `${name}.yaml`);
  try {
    const { size } = await stat(file);
    if (size > longestBytes)
      throw new PawlError("FILE_TOO_LARGE", "this is too large to be a pipeline definition", {
        where: file,
        expected: `at most ${longestBytes} bytes`,
        got: `${size} bytes`,
        next: "name the YAML file of a pipeline",
      });
    return { file, text: await readFile(file, "utf8") };
  } catch (error) {
    if (error instanceof PawlError) throw error;
    throw await notFound(name, file, isPath, error as NodeJS.ErrnoException);
  }
}

/** Names of the pipelines in pipelines/, sorted. */
export async function pipelineNames(): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .map((name) => name.replace(/\.ya?ml$/, ""))
      .sort();
  } catch {
    return [];
  }
}

async function notFound(name: string, file: string, isPath: boolean, cause: NodeJS.ErrnoException): Promise<PawlError> {
  const names = await pipelineNames();
  const guess = isPath
    ? nearest(
        file,
        names.map((known) => `${folder}/${known}.yaml`),
      )
    : nearest(name, names);
  const why = cause.code === "ENOENT" ? "there is no such pipeline" : `it cannot be read: ${cause.code}`;
  return new PawlError(
    "PIPELINE_NOT_FOUND",
    why,
    {
      where: file,
      ...(names.length > 0 && { expected: `a file, or one of ${names.join(", ")}` }),
      next: guess === undefined ? "name a YAML file, or a pipeline in pipelines/" : `did you mean ${guess}?`,
    },
    { cause },
  );
}
