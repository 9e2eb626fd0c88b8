import { stat } from "node:fs/promises";
import path from "node:path";
import { packageFolder } from "../activities/dataset/package.js";
import { filesBelow } from "../activities/dataset/paths.js";
import { fileDigest, listDigest } from "../platform/digests.js";
import type { ExternalInput } from "../schemas/stage.js";

/** Larger files count by size and time of change: reading them takes longer than looking a stage up may. */
const largestRead = 2 ** 28;

/**
 * What a stage's external inputs hold now, for its key: of files a digest, of a package its version. Null where there are
 * none. An input that cannot be read counts as null: the stage reports it when it runs.
 */
export async function externalFingerprint(
  inputs: readonly ExternalInput[],
  workingFolder: string,
): Promise<string | null> {
  if (inputs.length === 0) return null;
  const prints = inputs.map(async (input) => [input.where, await fingerprint(input, workingFolder).catch(() => null)]);
  return JSON.stringify(await Promise.all(prints));
}

async function fingerprint(input: ExternalInput, workingFolder: string): Promise<string> {
  if ("package" in input) return (await packageFolder(input.package, workingFolder)).version;
  const names = await filesBelow(workingFolder, input.files, input.where);
  const digests = names.map(async (name) => ({ name, sha256: await contentOf(path.join(workingFolder, name)) }));
  return listDigest(await Promise.all(digests));
}

async function contentOf(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return size <= largestRead ? (await fileDigest(file)).sha256 : `${size} bytes of ${mtimeMs}`;
}
