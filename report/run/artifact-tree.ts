import { artifactsIn, type ArtifactRef } from "../../schemas/artifact.js";
import { stageDefinitions } from "../../schemas/stages/index.js";
import type { ResultRecord } from "../../store/records/record-types.js";

/** An artifact, the stage that made it, and the artifacts before it (or after it). */
export interface ArtifactNode {
  ref: ArtifactRef;
  /** Absent if no result of the store records it. */
  by?: { stage: string; uses: string; output: string; run: string };
  next: ArtifactNode[];
  /** The artifact is already in the tree, with its subtree. */
  repeated?: true;
}

/**
 * What an artifact was made from, back to the sources. If several stages made the same bytes, the
 * first one counts.
 */
export function ancestry(results: readonly ResultRecord[], ref: ArtifactRef): ArtifactNode {
  return tree(results, ref, ({ result }) => artifactsIn(result?.with));
}

/** What was made from an artifact. */
export function descent(results: readonly ResultRecord[], ref: ArtifactRef): ArtifactNode {
  const users = new Map<string, ArtifactRef[]>();
  for (const { with: settings, outputs } of results.filter(madeSomething))
    for (const { digest } of artifactsIn(settings))
      users.set(digest, [...(users.get(digest) ?? []), ...Object.values(outputs)]);
  return tree(results, ref, () => [], users);
}

interface Producer {
  result?: ResultRecord;
  output?: string;
}

function tree(
  results: readonly ResultRecord[],
  root: ArtifactRef,
  before: (producer: Producer) => ArtifactRef[],
  after: ReadonlyMap<string, readonly ArtifactRef[]> = new Map(),
): ArtifactNode {
  const producers = new Map<string, Producer>();
  for (const result of results
    .filter(madeSomething)
    .toSorted((a, b) => a.lineage.endedAt.localeCompare(b.lineage.endedAt)))
    for (const [output, { digest }] of Object.entries(result.outputs))
      if (!producers.has(digest)) producers.set(digest, { result, output });
  const seen = new Set<string>();
  const visit = (ref: ArtifactRef): ArtifactNode => {
    const producer = producers.get(ref.digest) ?? {};
    const { result, output } = producer;
    const by = result && {
      by: { stage: result.lineage.stage, uses: result.uses, output: output!, run: result.lineage.runId },
    };
    const followers = unique([...before(producer), ...(after.get(ref.digest) ?? [])]);
    if (seen.has(ref.digest) && followers.length > 0) return { ref, ...by, next: [], repeated: true };
    seen.add(ref.digest);
    return { ref, ...by, next: followers.map(visit) };
  };
  return visit(root);
}

const madeSomething = ({ uses }: ResultRecord): boolean => stageDefinitions[uses].passesThrough !== true;

const unique = (refs: readonly ArtifactRef[]): ArtifactRef[] => [
  ...new Map(refs.map((ref) => [ref.digest, ref])).values(),
];
