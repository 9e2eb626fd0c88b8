import { stat } from "node:fs/promises";
import { fileDigest, type DigestOptions } from "../../platform/digests.js";
import { PawlError } from "../../platform/errors.js";
import { layout } from "../home.js";
import { readRecord, replaceRecord, type RecordKind } from "../records/records.js";

/**
 * Distinguishes states of a file without reading it; numbers as text, because they exceed JSON's.
 */
export interface FileSignature {
  size: string;
  /** Nanoseconds since 1970, like `changed`. */
  modified: string;
  /** When the system last changed content or attributes: no program can set it. */
  changed: string;
  inode: string;
  device: string;
}

/** A file's digest, and the signature that the file had then. */
export interface SourceDigest {
  sha256: string;
  signature: FileSignature;
  /** A later change would give the file another signature. */
  settled: boolean;
}

/** Smaller files are read each time: that is as fast as looking up their digest. */
const smallestRemembered = 1 << 20;
/**
 * A file that was changed just now may change again within the same tick of the file system's
 * clock.
 */
const settledAfterMs = 2000;

interface Remembered {
  file: string;
  sha256: string;
  signature: FileSignature;
}

const remembered: RecordKind<Remembered> = {
  of: "digest of a source file",
  isValid: (value): value is Remembered => {
    const { file, sha256, signature } = value as Partial<Remembered>;
    return typeof file === "string" && /^[0-9a-f]{64}$/.test(sha256 ?? "") && typeof signature === "object";
  },
};

/** Returns a file's current signature. @throws system errors */
export async function fileSignature(file: string): Promise<FileSignature> {
  const { size, mtimeNs, ctimeNs, ino, dev } = await stat(file, { bigint: true });
  const [modified, changed] = [String(mtimeNs), String(ctimeNs)];
  return { size: String(size), modified, changed, inode: String(ino), device: String(dev) };
}

export function sameSignature(a: FileSignature, b: FileSignature): boolean {
  const fields: readonly (keyof FileSignature)[] = ["size", "modified", "changed", "inode", "device"];
  return fields.every((field) => a[field] === b[field]);
}

/** Returns the digest remembered for this signature, or undefined if the file must be read. */
export async function rememberedDigest(
  home: string,
  file: string,
  signature: FileSignature,
): Promise<SourceDigest | undefined> {
  if (Number(signature.size) < smallestRemembered) return undefined;
  const found = await readRecord(home, layout.source(home, file), remembered);
  return found?.file === file && sameSignature(found.signature, signature)
    ? { sha256: found.sha256, signature, settled: true }
    : undefined;
}

/**
 * Reads a file, and remembers its digest.
 * @throws system errors; PawlError DATA_CHANGED if the file was changed meanwhile; the signal's
 *   reason
 */
export async function readDigest(
  home: string,
  file: string,
  options: Pick<DigestOptions, "signal" | "onRead"> = {},
): Promise<SourceDigest> {
  const readAtMs = Date.now();
  const signature = await fileSignature(file);
  const { sha256 } = await fileDigest(file, options);
  if (!sameSignature(await fileSignature(file), signature)) throw sourceChanged(file);
  const settled = isSettled(signature, readAtMs);
  if (Number(signature.size) >= smallestRemembered && settled)
    await replaceRecord(home, layout.source(home, file), remembered, { file, sha256, signature });
  return { sha256, signature, settled };
}

/** The error of a source that has changed since the stage's key was computed. */
export function sourceChanged(file: string): PawlError {
  return new PawlError("DATA_CHANGED", "a source was changed while it was read", {
    where: file,
    expected: "a file that stays unchanged until the stage has ended",
    next: "nothing: the stage starts again with the changed file",
  });
}

function isSettled({ changed }: FileSignature, readAtMs: number): boolean {
  return readAtMs - Number(BigInt(changed) / 1_000_000n) >= settledAfterMs;
}
