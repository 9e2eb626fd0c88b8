import { lstat, readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../platform/errors.js";
import { canonicalJson } from "./canonical.js";
import { isMissing, systemCode } from "./errors.js";
import { escapeReason } from "../platform/containment.js";
import { fileDigest, sha256 } from "../platform/digests.js";
import { syncFolder, writeFileWhole } from "./files.js";
import type { Hardware } from "./results.js";

export const manifestName = "manifest.json";

export interface FileEntry {
  /** Relative, with forward slashes. */
  path: string;
  size: number;
  sha256: string;
}

/** What a folder is: an artifact of some kind, or the checkpoint of a step. */
export type Header = { kind: string } | { step: number; hardware?: Hardware };

/** The inventory of a folder. */
export type Manifest = Header & { files: FileEntry[] };

/** Hashes and syncs every file of a folder, then writes the manifest beside them. The folder is then ready to be renamed. */
export async function sealFolder(folder: string, header: Header): Promise<Manifest> {
  const { files, folders, others } = await inventory(folder);
  if (others[0] !== undefined)
    throw new PawlError("INTERNAL", `a stage wrote ${others[0]}, which is not an ordinary file`, { where: folder });
  if (files.some((file) => file.path === manifestName))
    throw new PawlError("INTERNAL", `a stage wrote ${manifestName}, a name that the store keeps for itself`, {
      where: folder,
    });
  const manifest = { ...header, files };
  await writeFileWhole(path.join(folder, manifestName), canonicalJson(manifest));
  for (const inner of folders) await syncFolder(path.join(folder, inner));
  await syncFolder(folder);
  return manifest;
}

/** What is in a folder, files with their digests. @param options.sync false: the files are not forced to the disk */
export async function inventory(
  folder: string,
  options: { sync?: boolean } = {},
): Promise<{ files: FileEntry[]; folders: string[]; others: string[] }> {
  const { files: paths, folders, others } = await walk(folder);
  const files: FileEntry[] = [];
  for (const file of paths)
    files.push({ path: file, ...(await fileDigest(path.join(folder, file), { sync: true, ...options })) });
  return { files, folders, others };
}

/** The manifest of a sealed folder. Throws PawlError ARTIFACT_CORRUPT or PATH_TRAVERSAL; ENOENT when there is no folder. */
async function readManifest(folder: string, digest: string | undefined): Promise<Manifest> {
  await lstat(folder);
  let text: string;
  try {
    text = await readFile(path.join(folder, manifestName), "utf8");
  } catch (error) {
    if (isMissing(error)) throw corrupt(folder, `${manifestName} is missing`);
    if (systemCode(error) === "EISDIR") throw corrupt(folder, `${manifestName} is not a file`);
    throw error;
  }
  if (digest !== undefined && sha256(text) !== digest) throw corrupt(folder, `${manifestName} has changed`);
  const manifest = parse(text);
  if (manifest === undefined || canonicalJson(manifest) !== text) throw corrupt(folder, `${manifestName} is damaged`);
  for (const file of manifest.files) refuseTraversal(file.path, folder);
  return manifest;
}

/**
 * Checks every file of a sealed folder against its manifest. Throws PawlError ARTIFACT_CORRUPT at the first difference.
 * @param digest that the manifest must have, where it is known
 */
export async function verifyFolder(folder: string, digest?: string): Promise<Manifest> {
  const manifest = await readManifest(folder, digest);
  const { files: present, others } = await walk(folder);
  if (others[0] !== undefined) throw corrupt(folder, `${others[0]} is not an ordinary file`);
  const listed = new Set(manifest.files.map((file) => file.path));
  const extra = present.find(
    (file) => file !== manifestName && !listed.has(file) && !path.basename(file).startsWith("."),
  );
  if (extra !== undefined) throw corrupt(folder, `${extra} does not belong to it`);
  for (const { path: file, size, sha256 } of manifest.files) {
    if (!present.includes(file)) throw corrupt(folder, `${file} is missing`);
    const found = await fileDigest(path.join(folder, file));
    if (found.size !== size) throw corrupt(folder, `${file} has ${found.size} bytes instead of ${size}`);
    if (found.sha256 !== sha256) throw corrupt(folder, `${file} has changed`);
  }
  return manifest;
}

function corrupt(folder: string, what: string): PawlError {
  return new PawlError("ARTIFACT_CORRUPT", what, { where: folder });
}

function refuseTraversal(file: string, folder: string): void {
  const spelled = !file.includes("\\") && path.posix.normalize(file) === file;
  if (escapeReason(file) !== undefined || !spelled)
    throw new PawlError("PATH_TRAVERSAL", `a manifest names a file outside its folder`, {
      where: folder,
      expected: "a relative path below the folder",
      got: JSON.stringify(file),
      next: "do not use this folder: Pawl never writes such a manifest",
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

/** Files, folders, and others (links, devices) below a folder, relative, sorted by code units. */
async function walk(folder: string): Promise<{ files: string[]; folders: string[]; others: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  const others: string[] = [];
  const visit = async (inner: string): Promise<void> => {
    for (const entry of await readdir(path.join(folder, inner), { withFileTypes: true })) {
      const name = inner === "" ? entry.name : `${inner}/${entry.name}`;
      if (entry.isDirectory()) {
        folders.push(name);
        await visit(name);
      } else if (entry.isFile()) files.push(name);
      else others.push(name);
    }
  };
  await visit("");
  return { files: files.sort(), folders: folders.sort(), others };
}
