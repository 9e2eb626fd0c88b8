import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Sign } from "../../../../report/components/sign.js";
import { isOver } from "../../../../schemas/run.js";
import { forkAddress } from "../../address.js";
import { DataLink } from "../../components/data-link.js";
import { Confirm } from "../../components/fields.js";
import type { ShownRun } from "./shown-run.js";

type ActName = "pause" | "unpause" | "resume" | "cancel";

interface Act {
  /** On the button. */
  name: string;
  /** On the button of the dialog. */
  confirm: string;
  isHarmless: boolean;
  about: (run: string) => ComponentChildren;
}

const acts: Record<ActName, Act> = {
  pause: {
    ...{ name: "Pause", confirm: "Pause the run", isHarmless: true },
    about: () => "Stages under way continue to their end; no other is started until the run is unpaused.",
  },
  unpause: {
    ...{ name: "Unpause", confirm: "Unpause the run", isHarmless: true },
    about: () => "The run starts its next stages.",
  },
  resume: {
    ...{ name: "Resume", confirm: "Resume the run", isHarmless: true },
    about: () => "Stages that succeeded are not run again; the others continue from their last checkpoint.",
  },
  cancel: {
    ...{ name: "Cancel", confirm: "Cancel the run", isHarmless: false },
    about: (run) => (
      <>
        Running stages save a checkpoint and stop. <i>Resume</i>, or <code>pawl resume {run}</code>, continues the run
        later.
      </>
    ),
  },
};

/**
 * What can be done with a run in its state. A run that is a stage of another one is paused and
 * resumed with that.
 */
function actsFor({ status, parent, isPaused }: ShownRun["head"]): ActName[] {
  const isOwn = parent === undefined;
  if (isOver(status)) return isOwn && status !== "succeeded" ? ["resume"] : [];
  return isOwn ? [isPaused ? "unpause" : "pause", "cancel"] : ["cancel"];
}

/** The links and buttons of a run: Temporal's UI, its report, and what changes it. */
export function RunActions({ head, stages }: ShownRun) {
  const [asking, setAsking] = useState<ActName>();
  const base = `/api/runs/${encodeURIComponent(head.run)}`;
  const hasModel = stages.some(({ outputs }) => Object.values(outputs).some(({ artifact }) => artifact === "model"));
  return (
    <>
      {head.temporalUi !== undefined && (
        <a href={head.temporalUi} target="_blank" rel="noreferrer">
          Temporal UI <Sign shape="out" />
        </a>
      )}
      <DataLink href={`${base}/report`} title="all of the run on one page">
        Report <Sign shape="out" />
      </DataLink>
      {hasModel && (
        <DataLink href={`${base}/card`} isFile title="of the model that the run has left, in Markdown">
          Model card
        </DataLink>
      )}
      <a class="button" href={forkAddress(head.run)} title="a new run with an edit (f)">
        Fork
      </a>
      {actsFor(head).map((act) => (
        <button key={act} type="button" onClick={() => setAsking(act)}>
          {acts[act].name}
        </button>
      ))}
      {asking !== undefined && (
        <Confirm
          title={`${acts[asking].name} ${head.run}?`}
          act={acts[asking].confirm}
          isHarmless={acts[asking].isHarmless}
          address={`${base}/${asking}`}
          onClose={() => setAsking(undefined)}
        >
          <p>{acts[asking].about(head.run)}</p>
        </Confirm>
      )}
    </>
  );
}
