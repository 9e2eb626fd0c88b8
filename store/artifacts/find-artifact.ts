import { readFile } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import type { ArtifactKind, ArtifactRef } from "../../schemas/artifact.js";
import { storeError } from "../errors.js";
import { layout } from "../home.js";
import { manifestName, type FileEntry } from "./manifest.js";
import { namesIn } from "../temporary.js";

/**
 * Finds the artifact whose digest has this prefix.
 * @throws PawlError ARTIFACT_MISSING, NOT_ALLOWED for several; STORE_UNREADABLE
 */
export async function findArtifact(home: string, beginning: string): Promise<ArtifactRef> {
  const names = (await objectNames(home)).filter((name) => name.startsWith(beginning));
  const [digest, ...others] = names;
  if (digest === undefined)
    throw new PawlError("ARTIFACT_MISSING", `no artifact in the store begins with ${beginning}`, {
      where: home,
      next: "pawl status RUN --json prints the digests of a run's artifacts",
    });
  if (others.length > 0)
    throw new PawlError("NOT_ALLOWED", `${names.length} artifacts begin with ${beginning}`, {
      expected: "digits that only one begins with",
      got: names
        .slice(0, 4)
        .map((name) => name.slice(0, beginning.length + 6))
        .join(", "),
      next: "give more digits",
    });
  const { kind } = await readArtifactManifest(home, digest);
  return { artifact: kind, digest };
}

/**
 * Returns an artifact's kind and files from its manifest, without verifying them.
 * @throws PawlError STORE_UNREADABLE
 */
export async function readArtifactManifest(
  home: string,
  digest: string,
): Promise<{ kind: ArtifactKind; files: FileEntry[] }> {
  try {
    const text = await readFile(path.join(layout.object(home, digest), manifestName), "utf8");
    return JSON.parse(text) as { kind: ArtifactKind; files: FileEntry[] };
  } catch (error) {
    throw storeError(error, home);
  }
}

async function objectNames(home: string): Promise<string[]> {
  try {
    return namesIn(layout.objects(home));
  } catch (error) {
    throw storeError(error, home);
  }
}
