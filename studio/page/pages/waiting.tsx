import { useState } from "preact/hooks";
import type { RunsMessage, WaitingItem } from "../../messages.js";
import { runAddress, stageAddress } from "../address.js";
import { Ago, Command, Empty, FailureNotice, Loading, useNow } from "../components/basics.js";
import { useLive } from "../live.js";
import type { Failure, RunSummary } from "../../messages.js";

const kinds = {
  choices: { sign: "◆", word: "choices" },
  approval: { sign: "◆", word: "approval" },
  parked: { sign: "⏸", word: "parked" },
} as const;

/** Everything that needs a person, the oldest first. */
export function Waiting() {
  const [runs, setRuns] = useState<ReadonlyMap<string, RunSummary>>();
  const [failure, setFailure] = useState<Failure>();
  const now = useNow(5000);
  useLive<RunsMessage>({ runs: "1" }, "runs", ({ runs: changed, removed = [], isAll, problem }) => {
    setFailure(problem);
    setRuns((before) => {
      const next = new Map(isAll ? [] : before);
      for (const run of changed) next.set(run.run, run);
      for (const run of removed) next.delete(run);
      return next;
    });
  });
  const items = runs && oldestFirst([...runs.values()].flatMap(({ waits }) => waits));
  return (
    <>
      <div class="heading">
        <h1>Waiting</h1>
      </div>
      {failure && <FailureNotice failure={failure} title="The list may be out of date." />}
      {items === undefined ? (
        <Loading />
      ) : items.length === 0 ? (
        <Empty title="Nothing waits for you.">
          <p class="muted">Choices, approvals and parked stages of all runs appear here.</p>
        </Empty>
      ) : (
        <ul class="waiting">
          {items.map((item) => (
            <Item key={`${item.run}/${item.stage}`} item={item} nowMs={now} />
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

function Item({ item, nowMs }: { item: WaitingItem; nowMs: number }) {
  const { run, stage, kind, text, sinceMs, chosen, target, command } = item;
  const { sign, word } = kinds[kind];
  return (
    <li class="waiting-item">
      <p>
        <span class="status is-warn">
          <span aria-hidden="true">{sign}</span> {word}
        </span>{" "}
        <a href={stageAddress(run, stage)}>
          <b>{stage}</b>
        </a>{" "}
        of <a href={runAddress(run)}>{run}</a>{" "}
        {sinceMs !== undefined && (
          <span class="muted">
            <Ago ms={sinceMs} nowMs={nowMs} />
          </span>
        )}
      </p>
      <p class="text">{text}</p>
      {target !== undefined && (
        <p class="muted">
          {chosen} of {target} choices
        </p>
      )}
      <p>
        <Command text={command} />
      </p>
    </li>
  );
}
