import type { ListedArtifact } from "../../../messages.js";
import { artifactAddress, stageAddress } from "../../address.js";
import { Digest, Empty, FailureNotice, Loading } from "../../components/basics.js";
import { useLoaded } from "../../send.js";
import { bytesText } from "../../text.js";
import type { ShownRun } from "./shown-run.js";

/** Everything that the stages of a run have left. */
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
    <table class="list">
      <thead>
        <tr>
          <th scope="col">artifact</th>
          <th scope="col">kind</th>
          <th scope="col">stage</th>
          <th scope="col" class="number">
            size
          </th>
          <th scope="col">digest</th>
        </tr>
      </thead>
      <tbody>
        {value.map(({ stage, output, kind, digest, bytes, files }) => (
          <tr key={`${stage} ${output}`}>
            <td>
              <a href={artifactAddress(digest)}>
                {stage}/{output}
              </a>
            </td>
            <td>{kind}</td>
            <td>
              <a href={stageAddress(head.run, stage)}>{stage}</a>
            </td>
            <td class="number" title={files === undefined ? undefined : `${files} files`}>
              {bytes === undefined ? <span class="muted">not in this store</span> : bytesText(bytes)}
            </td>
            <td>
              <Digest digest={digest} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
