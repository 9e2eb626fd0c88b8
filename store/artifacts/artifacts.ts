import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ArtifactKind, ArtifactRef } from "../../schemas/artifact.js";
import { PawlError } from "../../platform/errors.js";
import { fileDigest, sha256 } from "../../platform/digests.js";
import { canonicalJson } from "../../platform/text/canonical-json.js";
import { digestsInText } from "./digests-in.js";
import { isMissing, storeError } from "../errors.js";
import { exists, syncDirectory } from "../files.js";
import { layout } from "../home.js";
import { manifestName, verifyDirectory, type FileEntry } from "./manifest.js";
import {
  discard,
  fillDirectory,
  isPlaced,
  moveAside,
  moveIntoPlace,
  protectFiles,
  sealFilled,
  type FilledDirectory,
} from "./sealed-directory.js";
import { sometimesRemoveLeftovers } from "../temporary.js";
import { touch } from "../touch.js";

/** Directories that this process has already verified. */
const verified = new Map<string, Promise<void>>();

/**
 * Writes an artifact: `write` fills an empty directory, whose files are then hashed, synced and
 * renamed to their digest. Equal content has an equal digest, regardless of writer and time. Throws
 * PawlError DISK_FULL, STORE_UNREADABLE.
 */
export async function putArtifact<K extends ArtifactKind>(
  home: string,
  kind: K,
  write: (directory: string) => Promise<void> | void,
): Promise<ArtifactRef<K>> {
  try {
    await sometimesRemoveLeftovers(home);
    const filled = await fillDirectory(home, { kind }, write);
    const digest = manifestDigest(filled);
    await moveArtifact(home, filled, digest);
    return { artifact: kind, digest };
  } catch (error) {
    throw storeError(error, home);
  }
}

/**
 * Like `putArtifact`, for a known digest. If the content has another digest, writes nothing and
 * returns false.
 */
export async function restoreArtifact(
  home: string,
  { artifact: kind, digest }: ArtifactRef,
  write: (directory: string) => Promise<void>,
): Promise<boolean> {
  try {
    const filled = await fillDirectory(home, { kind }, write);
    const isIt = manifestDigest(filled) === digest;
    await (isIt ? moveArtifact(home, filled, digest) : discard(filled));
    return isIt;
  } catch (error) {
    throw storeError(error, home);
  }
}

const manifestDigest = ({ manifest }: FilledDirectory): string => sha256(canonicalJson(manifest));

async function moveArtifact(home: string, filled: FilledDirectory, digest: string): Promise<void> {
  const target = layout.object(home, digest);
  try {
    // The writer of one that exists may not have forced its name to the disk yet.
    if (await isPlaced(target)) return await syncDirectory(path.dirname(target));
    await sealFilled(filled);
    protectFiles(filled);
    await moveIntoPlace(filled, target, () => setAside(home, digest));
  } finally {
    if (existsSync(filled.directory)) await discard(filled);
  }
}

/**
 * The directory of an artifact, read-only; kind and every file's digest are checked the first time
 * in this process. Throws PawlError ARTIFACT_MISSING, ARTIFACT_CORRUPT (moved aside, so that a
 * rerun builds it again), WRONG_ARTIFACT.
 */
export async function openArtifact(home: string, ref: ArtifactRef): Promise<string> {
  const directory = objectDirectory(home, ref.digest);
  const name = `${directory} ${ref.artifact}`;
  let check = verified.get(name);
  if (check === undefined) {
    check = verifyArtifact(home, ref, directory);
    verified.set(name, check);
    check.catch(() => verified.delete(name));
  }
  await check;
  if (!touch(directory)) {
    verified.delete(name);
    throw missing(ref, directory);
  }
  return directory;
}

/**
 * Like `openArtifact`, for one file. Verifies only that file, so that small files of large
 * artifacts open quickly. Throws PawlError ARTIFACT_MISSING, ARTIFACT_CORRUPT (nothing is moved).
 */
export async function openArtifactFile(home: string, ref: ArtifactRef, name: string): Promise<string> {
  const directory = objectDirectory(home, ref.digest);
  try {
    const text = await readFile(path.join(directory, manifestName), "utf8");
    const files = sha256(text) === ref.digest ? (JSON.parse(text) as { files: FileEntry[] }).files : [];
    const listed = files.find((file) => file.path === name);
    if (listed !== undefined && (await fileDigest(path.join(directory, name))).sha256 === listed.sha256)
      return directory;
  } catch (error) {
    throw isMissing(error) ? missing(ref, directory) : storeError(error, home);
  }
  throw corrupt(ref, directory, `${name} is missing or has changed`);
}

/** Lets this process verify an artifact again when it next opens it. */
export function distrustArtifact(home: string, ref: ArtifactRef): void {
  verified.delete(`${objectDirectory(home, ref.digest)} ${ref.artifact}`);
}

/** Whether an artifact is in the store; its content is not read. */
export function hasArtifact(home: string, ref: ArtifactRef): boolean {
  return exists(objectDirectory(home, ref.digest));
}

/** Whether all outputs of a stage are in the store. */
export function hasArtifacts(home: string, outputs: Readonly<Record<string, ArtifactRef>>): boolean {
  return Object.values(outputs).every((output) => hasArtifact(home, output));
}

/** Whether all of these artifacts are in the store; marks them as used: `gc` then keeps them. */
export function useArtifacts(home: string, refs: readonly ArtifactRef[]): boolean {
  return refs.map(({ digest }) => touch(objectDirectory(home, digest))).every(Boolean);
}

/** Marks all artifacts whose digests occur in a text as used. */
export function useArtifactsIn(home: string, text: string): void {
  for (const digest of new Set(digestsInText(text))) touch(layout.object(home, digest));
}

async function verifyArtifact(home: string, ref: ArtifactRef, directory: string): Promise<void> {
  try {
    const manifest = await verifyDirectory(directory, ref.digest);
    const kind = "kind" in manifest ? manifest.kind : undefined;
    if (kind !== ref.artifact)
      throw new PawlError("WRONG_ARTIFACT", `artifact ${short(ref)} is of another kind`, {
        where: directory,
        expected: ref.artifact,
        got: String(kind),
        next: "refer to the output of a stage that makes this kind of artifact",
      });
  } catch (error) {
    if (isMissing(error)) throw missing(ref, directory);
    if (error instanceof PawlError && error.code === "ARTIFACT_CORRUPT") {
      await setAside(home, ref.digest);
      throw corrupt(ref, directory, error.message);
    }
    throw storeError(error, home);
  }
}

function objectDirectory(home: string, digest: string): string {
  if (!/^[0-9a-f]{64}$/.test(digest))
    throw new PawlError("PATH_TRAVERSAL", "the name of an artifact is not a digest", {
      expected: "64 hexadecimal digits",
      got: JSON.stringify(digest),
      next: "refer to a stage's output with ${{ stages.X.outputs.Y }}",
    });
  return layout.object(home, digest);
}

async function setAside(home: string, digest: string): Promise<void> {
  const name = `${digest}-${Date.now()}-${process.pid}`;
  await moveAside(layout.object(home, digest), path.join(layout.corrupt(home), name));
}

const short = (ref: ArtifactRef): string => `${ref.artifact} ${ref.digest.slice(0, 12)}`;

function missing(ref: ArtifactRef, directory: string): PawlError {
  return new PawlError("ARTIFACT_MISSING", `artifact ${short(ref)} is not in the store`, {
    where: directory,
    artifact: ref.digest,
    next: "resume the run (`pawl resume RUN`): the stage that makes it will run again",
  });
}

function corrupt(ref: ArtifactRef, directory: string, what: string): PawlError {
  return new PawlError("ARTIFACT_CORRUPT", `artifact ${short(ref)} is damaged: ${what}`, {
    where: directory,
    artifact: ref.digest,
    expected: `files whose digests give ${ref.digest.slice(0, 12)}`,
    next: "resume the run (`pawl resume RUN`): the damaged copy was moved aside and the stage that makes it will run again",
  });
}
