import { SamplesTable } from "../../../../report/components/samples.js";
import type { SamplesMessage } from "../../../messages.js";
import { stageAddress } from "../../address.js";
import { Empty, FailureNotice, Loading, Note } from "../../components/basics.js";
import { useLoaded } from "../../send.js";
import type { ShownRun } from "./shown-run.js";

/** The same questions down the side, stages across, responses in the cells. */
export function Samples({ head, stages }: ShownRun) {
  const ended = stages.filter(({ status }) => status === "succeeded" || status === "cached").length;
  const { value, failure } = useLoaded<SamplesMessage>(`/api/runs/${encodeURIComponent(head.run)}/samples`, ended);
  if (failure) return <FailureNotice failure={failure} />;
  if (value === undefined) return <Loading />;
  const { samples, problems } = value;
  return (
    <>
      {problems.length > 0 && <Note>{problems.join("; ")}</Note>}
      {samples.length === 0 ? (
        <Empty title="No stage has written samples yet.">
          <p class="muted">
            <code>evaluate</code> and <code>generate</code> stages with <code>prompts</code> write them.
          </p>
        </Empty>
      ) : (
        <SamplesTable samples={samples} linkTo={(stage) => stageAddress(head.run, stage)} />
      )}
    </>
  );
}
