import { readdir, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import type { ArtifactRef } from "../../schemas/artifact.js";
import { distrustArtifact } from "../../store/artifacts/artifacts.js";
import type { StageContext } from "../stage.js";

/**
 * What a program wrote as an output of kind `files`, inside its artifact, which has its manifest
 * beside it.
 */
export const filesContent = "files";

/** An input of a program, and the state of its files before the program ran. */
export interface LinkedInput {
  name: string;
  /** Its location, as named in errors. */
  where: string;
  ref: ArtifactRef;
  directory: string;
  before: string;
}

/**
 * Makes the inputs visible in a directory, each as a link to its artifact.
 * @param named the directory, as errors name it
 * @throws as `openArtifact` does
 */
export async function linkInputs(
  inputs: Readonly<Record<string, ArtifactRef>>,
  { directory, named }: { directory: string; named: string },
  context: Pick<StageContext, "openArtifact">,
): Promise<LinkedInput[]> {
  const linked: LinkedInput[] = [];
  for (const [name, ref] of Object.entries(inputs)) {
    const artifact = await context.openArtifact(ref);
    await symlink(ref.artifact === "files" ? path.join(artifact, filesContent) : artifact, path.join(directory, name));
    linked.push({ name, where: `${named}/${name}`, ref, directory: artifact, before: await inputState(artifact) });
  }
  return linked;
}

/**
 * @throws PawlError COMMAND_INVALID if the program has changed one: a finished artifact never
 *   changes
 */
export async function refuseChangedInputs(inputs: readonly LinkedInput[], home: string): Promise<void> {
  for (const { name, where, ref, directory, before } of inputs) {
    if ((await inputState(directory)) === before) continue;
    distrustArtifact(home, ref);
    throw new PawlError("COMMAND_INVALID", `the program changed its input ${name}`, {
      where,
      expected: "a program that only reads its inputs",
      next: "let the program copy the input, and change the copy; the damaged artifact is built again when it is next used",
    });
  }
}

/** Sizes and times of all files. */
export async function inputState(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.map(({ parentPath, name }) => path.join(parentPath, name)).sort();
  const states = files.map(async (file) => {
    const { size, mtimeMs, ino } = await stat(file);
    return `${file} ${size} ${mtimeMs} ${ino}`;
  });
  return (await Promise.all(states)).join("\n");
}
