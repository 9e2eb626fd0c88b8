import type { DatasetOrigin } from "../../formats/dataset.js";
import type { Source } from "./source.js";

/** Whether what stands behind a source can change unnoticed: an address without digest, a branch or tag of the hub. */
export function isUnpinned({ url, sha256, huggingFace, revision }: Source): boolean {
  if (url !== undefined) return sha256 === undefined;
  return huggingFace !== undefined && !/^[0-9a-f]{40}$/.test(revision ?? "");
}

/** What the log says of an unpinned source each time it is used: what was got, and the line that pins it. */
export function pinAdvice(source: Source, { commit = "the commit", sourceDigest }: DatasetOrigin): string {
  const line = source.url === undefined ? `revision: ${commit}` : `sha256: ${sourceDigest}`;
  return `nothing pins this source, and what was got of it is used for ever: to pin it, add below source \`${line}\``;
}
