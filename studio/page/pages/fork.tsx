import type { RunMessage } from "../../messages.js";
import { runAddress } from "../address.js";
import { FailureNotice, Loading } from "../components/basics.js";
import { useLoaded } from "../send.js";
import { RunDefinition } from "../editor/run-definition.js";

/** A fork of a run: its definition to edit, from which stage, the plan, and the start. */
export function ForkPage({ params }: { params: Record<string, string> }) {
  const run = params["run"]!;
  const { value, failure } = useLoaded<RunMessage>(`/api/runs/${encodeURIComponent(run)}`);
  if (failure)
    return (
      <>
        <FailureNotice failure={failure} title={`The run ${run} cannot be forked.`} />
        <p>
          <a href="/runs">All runs</a>
        </p>
      </>
    );
  if (value?.head === undefined) return <Loading lines={12} />;
  return (
    <RunDefinition
      key={run}
      head={value.head}
      heading={
        <h1>
          Fork of <a href={runAddress(run)}>{run}</a>
        </h1>
      }
    />
  );
}
