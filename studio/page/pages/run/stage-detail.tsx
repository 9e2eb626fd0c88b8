import type { StageDetail } from "../../../messages.js";
import { runAddress } from "../../address.js";
import { ArtifactTree } from "../../components/artifact-tree.js";
import { Copied, Digest, FailureNotice } from "../../components/basics.js";
import { useLoaded } from "../../send.js";
import { absolute } from "../../text.js";

/** More about one stage, read when it is selected. @param version changes with it */
export function Detail({ run, id, version }: { run: string; id: string; version: string }) {
  const address = `/api/runs/${encodeURIComponent(run)}/stages/${encodeURIComponent(id)}`;
  const { value, failure } = useLoaded<StageDetail>(address, version);
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <p class="muted">…</p>;
  const { why, settings, planned, key, madeBy, hasOutput } = value;
  return (
    <div class="detail">
      {why.length > 0 && (
        <div>
          <h3>Why</h3>
          <ul class="plain">
            {why.map((reason) => (
              <li key={reason} class="text">
                {reason}
              </li>
            ))}
          </ul>
        </div>
      )}
      <details>
        <summary>settings</summary>
        <pre>{JSON.stringify(settings ?? planned, null, 2)}</pre>
        {settings === undefined && <p class="muted">as the definition has them</p>}
      </details>
      <Attempts {...value} />
      <Lineage {...value} />
      {madeBy && (
        <p class="muted">
          made by <a href={runAddress(madeBy.run, "overview", { stage: madeBy.stage })}>{madeBy.run}</a> on{" "}
          {madeBy.machine}
        </p>
      )}
      {key !== undefined && (
        <p class="muted">
          key <Digest digest={key} />
        </p>
      )}
      <p class="muted">
        <Copied text={`pawl logs ${run} ${id} --follow`} what="command" />
        {hasOutput && (
          <>
            {" · "}
            <a href={runAddress(run, "logs", { stage: id, show: "output" })}>output of its program</a>
          </>
        )}
      </p>
    </div>
  );
}

function Attempts({ attempts, attemptCount, checkpointCount }: StageDetail) {
  if (attempts.length === 0) return null;
  return (
    <details open={attemptCount > 1}>
      <summary>attempts ({attemptCount.toLocaleString("en-US")})</summary>
      {attemptCount > attempts.length && <p class="muted">the newest {attempts.length}; the log has the others</p>}
      <ol class="plain">
        {attempts.map(({ attempt, startedAt, host, resumedAt, failure }) => (
          <li key={`${attempt} ${startedAt}`}>
            #{attempt} <span title={absolute(Date.parse(startedAt))}>{startedAt.slice(11, 19)} UTC</span>
            {host !== undefined && ` on ${host}`}
            {resumedAt !== undefined && `, from the checkpoint of step ${resumedAt.toLocaleString("en-US")}`}
            {failure !== undefined && <div class="text is-bad">{failure}</div>}
          </li>
        ))}
      </ol>
      {checkpointCount > 0 && <p class="muted">{checkpointCount.toLocaleString("en-US")} checkpoints</p>}
    </details>
  );
}

function Lineage({ lineage }: StageDetail) {
  const trees = Object.entries(lineage);
  if (trees.length === 0) return null;
  return (
    <details>
      <summary>lineage</summary>
      {trees.map(([name, node]) => (
        <div key={name}>
          <b>{name}</b>
          <ArtifactTree node={node} />
        </div>
      ))}
    </details>
  );
}
