import { lstat, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../platform/errors.js";
import { canonicalJson } from "../../platform/text/canonical-json.js";
import { isMissing, ofOtherVersion, systemCode } from "../errors.js";
import { escapeReason } from "../../platform/containment.js";
import { fileDigest, sha256 } from "../../platform/digests.js";
import { syncDirectory, writeNewFile } from "../files.js";
import type { Hardware } from "../records/record-types.js";

export const manifestName = "manifest.json";

export interface FileEntry {
  /** Relative, with forward slashes. */
  path: string;
  size: number;
  sha256: string;
}

/** What a directory is: an artifact of some kind, or the checkpoint of a step. */
export type Header = { kind: string } | { step: number; hardware?: Hardware };

/** The inventory of a directory. */
export type Manifest = Header & { files: FileEntry[] };

/** Hashes and syncs every file of a directory, then writes the manifest beside them. The directory is then ready to be renamed. */
export async function sealDirectory(directory: string, header: Header): Promise<Manifest> {
  const { files, directories, others } = await inventory(directory);
  if (others[0] !== undefined)
    throw new PawlError("INTERNAL", `a stage wrote ${others[0]}, which is not an ordinary file`, { where: directory });
  if (files.some((file) => file.path === manifestName))
    throw new PawlError("INTERNAL", `a stage wrote ${manifestName}, a name that the store reserves`, {
      where: directory,
    });
  const manifest = { ...header, files };
  await writeNewFile(path.join(directory, manifestName), canonicalJson(manifest));
  for (const inner of directories) await syncDirectory(path.join(directory, inner));
  await syncDirectory(directory);
  return manifest;
}

/** The content of a directory, files with their digests. @param options.sync false: the files are not forced to the disk */
export async function inventory(
  directory: string,
  options: { sync?: boolean } = {},
): Promise<{ files: FileEntry[]; directories: string[]; others: string[] }> {
  const { files: paths, directories, others } = await walk(directory);
  const files: FileEntry[] = [];
  for (const file of paths)
    files.push({
      path: file,
      ...(await fileDigest(path.join(directory, file), { sync: true, inPlace: true, ...options })),
    });
  return { files, directories, others };
}

/** The manifest of a sealed directory. Throws PawlError ARTIFACT_CORRUPT, OTHER_VERSION or PATH_TRAVERSAL; ENOENT if there is no directory. */
async function readManifest(directory: string, digest: string | undefined): Promise<Manifest> {
  await lstat(directory);
  let text: string;
  try {
    text = await readFile(path.join(directory, manifestName), "utf8");
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
 * Checks every file of a sealed directory against its manifest. Throws PawlError ARTIFACT_CORRUPT at the first difference.
 * @param digest that the manifest must have, if it is known
 */
export async function verifyDirectory(directory: string, digest?: string): Promise<Manifest> {
  const manifest = await readManifest(directory, digest);
  const { files: present, others } = await walk(directory);
  if (others[0] !== undefined) throw corrupt(directory, `${others[0]} is not an ordinary file`);
  const listed = new Set(manifest.files.map((file) => file.path));
  const extra = present.find(
    (file) => file !== manifestName && !listed.has(file) && !path.basename(file).startsWith("."),
  );
  if (extra !== undefined) throw corrupt(directory, `${extra} does not belong to it`);
  for (const { path: file, size, sha256 } of manifest.files) {
    if (!present.includes(file)) throw corrupt(directory, `${file} is missing`);
    const found = await fileDigest(path.join(directory, file));
    if (found.size !== size) throw corrupt(directory, `${file} has ${found.size} bytes instead of ${size}`);
    if (found.sha256 !== sha256) throw corrupt(directory, `${file} has changed`);
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

/** Files, directories, and others (links, devices) below a directory, relative, sorted by code units. */
async function walk(directory: string): Promise<{ files: string[]; directories: string[]; others: string[] }> {
  const files: string[] = [];
  const directories: string[] = [];
  const others: string[] = [];
  const visit = async (inner: string): Promise<void> => {
    for (const entry of await readdir(path.join(directory, inner), { withFileTypes: true })) {
      const name = inner === "" ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) {
        directories.push(name);
        await visit(name);
      } else if (entry.isFile()) files.push(name);
      else others.push(name);
    }
  };
  await visit("");
  return { files: files.sort(), directories: directories.sort(), others };
}
