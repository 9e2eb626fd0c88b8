import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** SHA-256 (hex) of a file's bytes. Throws the signal's reason when told to stop. */
export async function fileDigest(file: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 16 })) {
    signal?.throwIfAborted();
    hash.update(chunk as Uint8Array);
  }
  return hash.digest("hex");
}

/** Of one file its digest; of several the digest of what `sha256sum` would print for them. */
export function listDigest(files: readonly { name: string; sha256: string }[]): string {
  if (files.length === 1) return files[0]!.sha256;
  const list = files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join("");
  return createHash("sha256").update(list).digest("hex");
}
