import type { ArtifactNode } from "../../../report/run/artifact-tree.js";
import { artifactAddress, stageAddress } from "../address.js";
import { shortDigest } from "../text.js";

/** Artifacts, and those before them (or after them), as a tree that opens step by step. */
export function ArtifactTree({ node, depth = 0 }: { node: ArtifactNode; depth?: number }) {
  const { ref, by, next, repeated } = node;
  const name = (
    <>
      <a href={artifactAddress(ref.digest)}>
        {ref.artifact} <span class="mono">{shortDigest(ref.digest)}</span>
      </a>
      {by && (
        <span class="muted">
          {" "}
          by <a href={stageAddress(by.run, by.stage)}>{by.stage}</a> ({by.uses})
        </span>
      )}
      {repeated && <span class="muted"> · stands above</span>}
    </>
  );
  if (next.length === 0) return <div class="tree-leaf">{name}</div>;
  return (
    <details class="tree" open={depth < 1}>
      <summary>{name}</summary>
      {next.map((child) => (
        <ArtifactTree key={child.ref.digest} node={child} depth={depth + 1} />
      ))}
    </details>
  );
}
