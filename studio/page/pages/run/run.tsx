import type { ComponentType } from "preact";
import { useState } from "preact/hooks";
import { Status } from "../../../../report/components/sign.js";
import { markOfRun } from "../../../../report/marks.js";
import { isOver } from "../../../../schemas/run.js";
import type { Failure, RunMessage } from "../../../messages.js";
import { forkAddress, runAddress, runTabs, tabName, type RunTab } from "../../address.js";
import { Ago, Bar, Copied, Empty, FailureNotice, Loading, Note, useNow, ViewFailed } from "../../components/basics.js";
import { useKeys } from "../../keys.js";
import { useLateView } from "../../late-view.js";
import { useLive } from "../../live.js";
import { navigate } from "../../router.js";
import { costText, percent, spoken } from "../../text.js";
import { Overview } from "./overview.js";
import { RunActions } from "./run-actions.js";
import type { ShownRun } from "./shown-run.js";

type TabView = ComponentType<ShownRun>;

/** The views of a run that are loaded when they are first shown. */
const lateTabs: Record<Exclude<RunTab, "overview">, () => Promise<TabView>> = {
  curves: async () => (await import("./curves.js")).Curves,
  samples: async () => (await import("./samples.js")).Samples,
  logs: async () => (await import("./logs.js")).Logs,
  artifacts: async () => (await import("./artifacts.js")).Artifacts,
  definition: async () => (await import("./definition.js")).Definition,
};

const isTab = (name: string): name is RunTab => (runTabs as readonly string[]).includes(name);

/** One run: its state above, its views below. */
export function RunPage({ params }: { params: Record<string, string> }) {
  const { run, tab = "overview" } = params;
  const { shownRun, failure } = useRun(run!);
  if (!isTab(tab)) return <Empty title={`A run has no view ${tab}.`} />;
  if (shownRun === undefined)
    return failure ? (
      <>
        <FailureNotice failure={failure} title={`The run ${run} cannot be shown.`} />
        <p>
          <a href="/runs">All runs</a>
        </p>
      </>
    ) : (
      <Loading lines={10} />
    );
  return (
    <>
      <RunHeading {...shownRun} />
      {failure && <FailureNotice failure={failure} title="This may be out of date." />}
      <nav class="tabs" aria-label="Views of the run">
        {runTabs.map((name) => (
          <a key={name} href={runAddress(run!, name)} aria-current={name === tab ? "page" : undefined}>
            {tabName(name)}
          </a>
        ))}
      </nav>
      {tab === "overview" ? <Overview {...shownRun} /> : <Tab key={tab} tab={tab} {...shownRun} />}
    </>
  );
}

/** A run, kept up to date. */
function useRun(run: string): { shownRun?: ShownRun; failure?: Failure } {
  const [state, setState] = useState<{ run: string; shownRun?: ShownRun; failure?: Failure }>({ run });
  useLive<RunMessage>({ run }, "run", ({ head, stages, isAll, problem }) => {
    setState((before) => {
      const known = before.run === run ? before.shownRun : undefined;
      const failure = problem ? { failure: problem } : {};
      const newHead = head ?? known?.head;
      if (newHead === undefined || (!isAll && known === undefined && head !== undefined)) return { run, ...failure };
      // A message of the run that was shown before may still arrive.
      if (newHead.run !== run) return before;
      const changed = new Map(stages.map((stage) => [stage.id, stage]));
      const next = isAll ? stages : (known?.stages ?? []).map((stage) => changed.get(stage.id) ?? stage);
      return { run, shownRun: { head: newHead, stages: next }, ...failure };
    });
  });
  return state.run === run ? state : {};
}

function Tab({ tab, ...shownRun }: ShownRun & { tab: Exclude<RunTab, "overview"> }) {
  const { view: View, failure } = useLateView(lateTabs[tab]);
  if (failure) return <ViewFailed failure={failure} />;
  return View === undefined ? <Loading /> : <View {...shownRun} />;
}

function RunHeading({ head, stages }: ShownRun) {
  useKeys([{ keys: "f", label: "fork the run", act: () => navigate(forkAddress(head.run)) }]);
  const now = useNow(1000);
  const isEnded = isOver(head.status);
  const { leftMs } = head;
  return (
    <header class="run-heading">
      <div class="heading">
        <h1>
          <Copied text={head.run} what="run's id" />
        </h1>
        <Status mark={markOfRun(head.status)} />
        {head.isPaused && head.status !== "paused" && <Status mark={markOfRun("paused")} />}
        {!isEnded && (
          <span class="run-progress">
            <Bar share={head.share} label="progress of the run" /> {percent(head.share)}
          </span>
        )}
        {leftMs !== undefined && <span>{spoken(leftMs)} left</span>}
        <span class="grow" />
        <RunActions head={head} stages={stages} />
      </div>
      <p class="muted run-facts">
        {head.pipeline}
        {head.file !== undefined && head.file !== head.pipeline && ` · ${head.file}`} · started{" "}
        <Ago ms={head.startedAtMs} nowMs={now} /> · {isEnded ? "took" : "for"}{" "}
        {spoken((head.endedAtMs ?? now) - head.startedAtMs)}
        {head.cost && ` · ${costText(head.cost)}`}
        {head.seed !== undefined && ` · seed ${head.seed}`}
        {head.parent !== undefined && (
          <>
            {" "}
            · stage of <a href={runAddress(head.parent)}>{head.parent}</a>
          </>
        )}
      </p>
      {head.note !== undefined && <Note>{head.note}</Note>}
      {head.behind !== undefined && <Note>waits for a place in its group, behind {head.behind.join(", ")}</Note>}
      {head.failure && <FailureNotice failure={{ ...head.failure, facts: {} }} title="The run failed." />}
    </header>
  );
}
