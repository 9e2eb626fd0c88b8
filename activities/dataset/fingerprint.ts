import { stat } from "node:fs/promises";
import path from "node:path";
import { fileDigest, listDigest } from "../../platform/digests.js";
import { packageFolder } from "./package.js";
import type { Query } from "../../schemas/query.js";
import { filesBelow } from "./paths.js";
import { queryPath } from "./query.js";
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

/** What a source and the file of a query hold now, for the stage's key; null where neither says anything. */
export async function queriedFingerprint(
  source: Source,
  query: Query | undefined,
  workingFolder: string,
): Promise<string | null> {
  const [data, sql] = [await sourceFingerprint(source, workingFolder), await queryFingerprint(query, workingFolder)];
  return sql === null ? data : JSON.stringify({ data, sql });
}

/** The digest of a query's file. Null for text, which the settings tell, and for what cannot be read. */
async function queryFingerprint(query: Query | undefined, workingFolder: string): Promise<string | null> {
  if (query === undefined || typeof query === "string") return null;
  try {
    return (await fileDigest(await queryPath(query.file, workingFolder, "query.file"))).sha256;
  } catch {
    return null;
  }
}

async function fingerprint(file: string): Promise<string> {
  const { size, mtimeMs } = await stat(file);
  return size <= largestRead ? (await fileDigest(file)).sha256 : `${size} bytes of ${mtimeMs}`;
}
