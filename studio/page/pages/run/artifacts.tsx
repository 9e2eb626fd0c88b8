import { Table } from "../../../../report/components/table.js";
import type { ListedArtifact } from "../../../messages.js";
import { artifactAddress, stageAddress } from "../../address.js";
import { Digest, Empty, FailureNotice, Loading } from "../../components/basics.js";
import { useLoaded } from "../../send.js";
import { bytesText } from "../../text.js";
import type { ShownRun } from "./shown-run.js";

/** All artifacts of a run's stages. */
export function Artifacts({ head, stages }: ShownRun) {
  const count = stages.reduce((sum, { outputs }) => sum + Object.keys(outputs).length, 0);
  const { value, failure } = useLoaded<ListedArtifact[]>(`/api/runs/${encodeURIComponent(head.run)}/artifacts`, count);
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <Loading />;
  if (value.length === 0)
    return (
      <Empty title="No artifacts yet.">
        <p class="muted">A stage leaves its artifacts when it has succeeded.</p>
      </Empty>
    );
  return (
    <Table
      label="Artifacts"
      class="list"
      columns={["artifact", "kind", "stage", "size", "digest"]}
      numeric={[3, 4]}
      rows={value.map(({ stage, output, kind, digest, bytes, files }) => [
        <a href={artifactAddress(digest)}>
          {stage}/{output}
        </a>,
        kind,
        <a href={stageAddress(head.run, stage)}>{stage}</a>,
        bytes === undefined ? (
          <span class="muted">not in this store</span>
        ) : (
          <span title={`${files} files`}>{bytesText(bytes)}</span>
        ),
        <Digest digest={digest} />,
      ])}
    />
  );
}
