import { stat } from "node:fs/promises";
import path from "node:path";
import { fileDigest, listDigest } from "../../platform/digests.js";
import { packageFolder } from "./package.js";
import { filesBelow } from "./paths.js";
import type { Source } from "./source.js";

/** Larger files go by size and time of change: reading them takes longer than looking a stage up may. */
const largestRead = 2 ** 28;

/**
 * What a source holds now, for the stage's key: of files a digest, of a package its version. Null for what the settings
 * tell whole (text) or what only a download could tell (an address, the hub), and for what cannot be read: the stage
 * says so when it runs.
 */
export async function sourceFingerprint(source: Source, workingFolder: string): Promise<string | null> {
  try {
    if (source.package !== undefined) return (await packageFolder(source.package, workingFolder)).version;
    if (source.file === undefined) return null;
    const names = await filesBelow(workingFolder, source.file, "with.source.file");
    const digests = names.map(async (name) => ({ name, sha256: await fingerprint(path.join(workingFolder, name)) }));
    return listDigest(await Promise.all(digests));
  } catch {
    return null;
  }
}

async function fingerprint(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return size <= largestRead ? fileDigest(file) : `${size} bytes of ${mtimeMs}`;
}
