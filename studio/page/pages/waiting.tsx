import { Status } from "../../../report/components/sign.js";
import { markOfStage } from "../../../report/marks.js";
import type { WaitingItem } from "../../messages.js";
import { chooseAddress, runAddress, stageAddress } from "../address.js";
import { Ago, Bar, Command, Empty, FailureNotice, Loading, ServerAway, useNow } from "../components/basics.js";
import { ApprovalForm } from "../components/approval-form.js";
import { ParkedForm } from "../components/parked-form.js";
import { setQuery, usePlace } from "../router.js";
import { useRuns } from "../use-runs.js";

const kinds = {
  choices: { ...markOfStage({ status: "waiting" }), word: "choices" },
  approval: { ...markOfStage({ status: "waiting" }), word: "approval" },
  parked: markOfStage({ status: "parked" }),
} as const;

/** Everything that needs a person, the oldest first. */
export function Waiting() {
  const runList = useRuns();
  const now = useNow(5000);
  const { query } = usePlace();
  const { runs, server, failure } = runList ?? {};
  const items = runs && oldestFirst([...runs.values()].flatMap(({ waits }) => waits));
  return (
    <>
      <div class="heading">
        <h1>Waiting</h1>
      </div>
      {failure && <FailureNotice failure={failure} title="The list may be out of date." />}
      {server === "away" && <ServerAway />}
      {items === undefined || (items.length === 0 && server === "unasked") ? (
        <Loading />
      ) : items.length === 0 ? (
        <Empty title={server === "away" ? "It is not known what waits for you." : "Nothing waits for you."}>
          <p class="muted">Choices, approvals and parked stages of all runs appear here.</p>
        </Empty>
      ) : (
        <ul class="waiting">
          {items.map((item) => (
            <Item
              key={`${item.run}/${item.stage}`}
              item={item}
              nowMs={now}
              isOpen={query.get("open") === `${item.run}/${item.stage}`}
            />
          ))}
        </ul>
      )}
    </>
  );
}

/** A stage that is a run of its own, and that run, wait for the same. */
function oldestFirst(items: readonly WaitingItem[]): WaitingItem[] {
  const single = new Map(items.map((item) => [`${item.run}/${item.stage}`, item]));
  return [...single.values()].sort((a, b) => (a.sinceMs ?? 0) - (b.sinceMs ?? 0));
}

function Item({ item, nowMs, isOpen }: { item: WaitingItem; nowMs: number; isOpen: boolean }) {
  const { run, stage, kind, text, sinceMs, chosen, target, command } = item;
  const open = `${run}/${stage}`;
  // Another item may have been opened before the answer to this one arrives.
  const close = (): void => {
    if (new URLSearchParams(location.search).get("open") === open) setQuery({ open: undefined });
  };
  return (
    <li class={isOpen ? "waiting-item is-open" : "waiting-item"}>
      <div class="waiting-heading">
        <Status mark={kinds[kind]} />
        <span class="waiting-name">
          <a href={stageAddress(run, stage)}>
            <b>{stage}</b>
          </a>{" "}
          of <a href={runAddress(run)}>{run}</a>
        </span>
        {sinceMs !== undefined && (
          <span class="muted">
            <Ago ms={sinceMs} nowMs={nowMs} />
          </span>
        )}
        <span class="grow" />
        {kind === "choices" ? (
          <a class="button is-main" href={chooseAddress(run, stage)}>
            Choose
          </a>
        ) : (
          <button
            type="button"
            class={isOpen ? "" : "is-main"}
            aria-expanded={isOpen}
            onClick={() => setQuery({ open: isOpen ? undefined : open })}
          >
            {isOpen ? "Close" : kind === "parked" ? "Decide" : "Answer"}
          </button>
        )}
      </div>
      {!isOpen && <p class="text">{text}</p>}
      {target !== undefined && (
        <p class="muted">
          <Bar share={target === 0 ? 1 : (chosen ?? 0) / target} label="choices" /> {chosen} of {target} choices
        </p>
      )}
      {isOpen && kind === "approval" && <ApprovalForm run={run} stage={stage} onDone={close} />}
      {isOpen && kind === "parked" && <ParkedForm run={run} stage={stage} onDone={close} />}
      <p class="waiting-command">
        <Command text={command} />
      </p>
    </li>
  );
}
