import type { DatasetOrigin } from "../../formats/dataset.js";

/** What the log says of an unpinned source each time it is used: the line that pins it. */
export function pinAdvice({ commit, sourceDigest }: DatasetOrigin): string {
  const line = commit === undefined ? `sha256: ${sourceDigest}` : `revision: ${commit}`;
  return `this source is not pinned; its first download is cached indefinitely: to pin it, add below source \`${line}\``;
}
