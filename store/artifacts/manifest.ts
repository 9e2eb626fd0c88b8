import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import { canonicalJson } from "../../platform/text/canonical-json.js";
import { isMissing, ofOtherVersion, systemCode } from "../errors.js";
import { escapeReason } from "../../platform/containment.js";
import { fileDigest, sha256 } from "../../platform/digests.js";
import { yieldProcess } from "../../platform/processes/yield-process.js";
import { forceToDisk } from "../files.js";
import type { Hardware } from "../records/record-types.js";

export const manifestName = "manifest.json";

/** Small files are read in place; after this many files the process yields. */
const filesBetweenYields = 64;

export interface FileEntry {
  /** Relative, with forward slashes. */
  path: string;
  size: number;
  sha256: string;
}

/** What a directory contains: an artifact of some kind, or the checkpoint of a step. */
export type Header = { kind: string } | { step: number; hardware?: Hardware };

/** The inventory of a directory. */
export type Manifest = Header & { files: FileEntry[] };

/** What a filled directory holds: its manifest, and the directories in it. */
export interface Contents {
  manifest: Manifest;
  directories: string[];
}

/** Hashes every file of a directory. */
export async function readContents(directory: string, header: Header): Promise<Contents> {
  const { files, directories, others } = await inventory(directory);
  if (others[0] !== undefined)
    throw new PawlError("INTERNAL", `a stage wrote ${others[0]}, which is not an ordinary file`, { where: directory });
  if (files.some((file) => file.path === manifestName))
    throw new PawlError("INTERNAL", `a stage wrote ${manifestName}, a name that the store reserves`, {
      where: directory,
    });
  return { manifest: { ...header, files }, directories };
}

/**
 * Writes the manifest beside the files, and forces all to the disk. The directory is then ready to
 * be renamed.
 */
export async function sealDirectory(directory: string, { manifest, directories }: Contents): Promise<void> {
  writeFileSync(path.join(directory, manifestName), canonicalJson(manifest), { flag: "wx" });
  const files = manifest.files.map((file) => file.path);
  await forceToDisk(["", manifestName, ...files, ...directories].map((name) => path.join(directory, name)));
}

/** The content of a directory, files with their digests. */
export async function inventory(
  directory: string,
): Promise<{ files: FileEntry[]; directories: string[]; others: string[] }> {
  const { files: paths, directories, others } = walk(directory);
  const files: FileEntry[] = [];
  for (const file of paths) {
    files.push({ path: file, ...(await fileDigest(path.join(directory, file), { inPlace: true })) });
    if (files.length % filesBetweenYields === 0) await yieldProcess();
  }
  return { files, directories, others };
}

/**
 * The manifest of a sealed directory. Throws PawlError ARTIFACT_CORRUPT, OTHER_VERSION or
 * PATH_TRAVERSAL; ENOENT if there is no directory.
 */
function readManifest(directory: string, digest: string | undefined): Manifest {
  lstatSync(directory);
  let text: string;
  try {
    text = readFileSync(path.join(directory, manifestName), "utf8");
  } catch (error) {
    if (isMissing(error)) throw corrupt(directory, `${manifestName} is missing`);
    if (systemCode(error) === "EISDIR") throw corrupt(directory, `${manifestName} is not a file`);
    throw error;
  }
  if (digest !== undefined && sha256(text) !== digest) throw corrupt(directory, `${manifestName} has changed`);
  const manifest = parse(text);
  if (manifest === undefined && digest !== undefined) throw ofOtherVersion("the artifact", directory);
  if (manifest === undefined || canonicalJson(manifest) !== text)
    throw corrupt(directory, `${manifestName} is damaged`);
  for (const file of manifest.files) refuseTraversal(file.path, directory);
  return manifest;
}

/**
 * Checks every file of a sealed directory against its manifest. Throws PawlError ARTIFACT_CORRUPT
 * at the first difference.
 * @param digest that the manifest must have, if it is known
 */
export async function verifyDirectory(directory: string, digest?: string): Promise<Manifest> {
  const manifest = readManifest(directory, digest);
  const { files: present, others } = walk(directory);
  if (others[0] !== undefined) throw corrupt(directory, `${others[0]} is not an ordinary file`);
  const listed = new Set(manifest.files.map((file) => file.path));
  const extra = present.find(
    (file) => file !== manifestName && !listed.has(file) && !path.basename(file).startsWith("."),
  );
  if (extra !== undefined) throw corrupt(directory, `${extra} does not belong to it`);
  const found = new Set(present);
  for (const [i, { path: file, size, sha256 }] of manifest.files.entries()) {
    if (i % filesBetweenYields === filesBetweenYields - 1) await yieldProcess();
    if (!found.has(file)) throw corrupt(directory, `${file} is missing`);
    const actual = await fileDigest(path.join(directory, file), { inPlace: true });
    if (actual.size !== size) throw corrupt(directory, `${file} has ${actual.size} bytes instead of ${size}`);
    if (actual.sha256 !== sha256) throw corrupt(directory, `${file} has changed`);
  }
  return manifest;
}

function corrupt(directory: string, what: string): PawlError {
  return new PawlError("ARTIFACT_CORRUPT", what, { where: directory });
}

function refuseTraversal(file: string, directory: string): void {
  const spelled = !file.includes("\\") && path.posix.normalize(file) === file;
  if (escapeReason(file) !== undefined || !spelled)
    throw new PawlError("PATH_TRAVERSAL", `a manifest names a file outside its directory`, {
      where: directory,
      expected: "a relative path below the directory",
      got: JSON.stringify(file),
      next: "do not use this directory: Pawl never writes such a manifest",
    });
}

function parse(text: string): Manifest | undefined {
  try {
    const value = JSON.parse(text) as Partial<Manifest> | null;
    return Array.isArray(value?.files) && value.files.every(isFileEntry) ? (value as Manifest) : undefined;
  } catch {
    return undefined;
  }
}

function isFileEntry(value: unknown): value is FileEntry {
  const entry = value as Partial<FileEntry> | null;
  return typeof entry?.path === "string" && typeof entry.size === "number" && typeof entry.sha256 === "string";
}

/**
 * Lists files, directories and others (links, devices) below a directory: relative paths, sorted by
 * code units.
 */
function walk(directory: string): { files: string[]; directories: string[]; others: string[] } {
  const files: string[] = [];
  const directories: string[] = [];
  const others: string[] = [];
  const visit = (inner: string): void => {
    for (const entry of readdirSync(path.join(directory, inner), { withFileTypes: true })) {
      const name = inner === "" ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) {
        directories.push(name);
        visit(name);
      } else if (entry.isFile()) files.push(name);
      else others.push(name);
    }
  };
  visit("");
  return { files: files.sort(), directories: directories.sort(), others };
}
