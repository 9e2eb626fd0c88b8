/**
 * What is known about a source that is not pinned: the commit of the hub that it was read at, and
 * its digest.
 */
export interface SourceFacts {
  commit?: string;
  sourceDigest: string;
}

/**
 * What is logged about an unpinned source each time it is used: the line that pins it.
 * @param key of `with` that holds the source
 * @param facts absent if only the run that downloaded it logged them
 */
export function pinAdvice(key: string, facts?: SourceFacts): string {
  const begin = `${key} is not pinned; its first download is cached indefinitely: to pin it, add below it`;
  if (facts === undefined) return `${begin} the \`sha256\` or \`revision\` from the log of the run that downloaded it`;
  const { commit, sourceDigest } = facts;
  return `${begin} \`${commit === undefined ? `sha256: ${sourceDigest}` : `revision: ${commit}`}\``;
}
