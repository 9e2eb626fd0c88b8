import { useEffect, useRef, useState } from "preact/hooks";
import { isOver } from "../../../../schemas/run.js";
import type { LogLine, LogMessage } from "../../../messages.js";
import { Empty } from "../../components/basics.js";
import { Chip } from "../../components/fields.js";
import { useKeys } from "../../keys.js";
import { useLive } from "../../live.js";
import { setQuery, usePlace } from "../../router.js";
import { absolute } from "../../text.js";
import type { ShownRun } from "./shown-run.js";

/** Lines that the page keeps, the newest. */
const mostLines = 5000;

/** The log of a run or of one stage, as it is written. */
export function Logs({ head, stages }: ShownRun) {
  const { query } = usePlace();
  const stage = query.get("stage") ?? "*";
  const text = (query.get("q") ?? "").toLowerCase();
  const { lines, leftOut } = useLog(head.run, stage);
  const [isFollowing, setFollowing] = useState(true);
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const shown =
    text === ""
      ? lines
      : lines.filter((line) => `${line.stage} ${line.message} ${line.facts}`.toLowerCase().includes(text));
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [shown.length, isFollowing, shown.at(-1)]);
  useKeys([{ keys: "/", label: "find in the log", act: () => field.current?.focus() }]);
  return (
    <>
      <div class="filters" role="group" aria-label="Filters">
        <input
          ref={field}
          type="search"
          placeholder="Find  /"
          aria-label="Find in the log"
          value={query.get("q") ?? ""}
          onInput={(event) => setQuery({ q: event.currentTarget.value })}
        />
        <select
          aria-label="Stage"
          value={stage}
          onChange={(event) => setQuery({ stage: event.currentTarget.value === "*" ? "" : event.currentTarget.value })}
        >
          <option value="*">all stages</option>
          {stages.map(({ id }) => (
            <option key={id}>{id}</option>
          ))}
        </select>
        <Chip isOn={isFollowing} onClick={() => setFollowing(!isFollowing)}>
          follow
        </Chip>
      </div>
      {leftOut > 0 && (
        <p class="muted">
          {leftOut.toLocaleString("en-US")} earlier lines are left out: <code>pawl logs {head.run}</code> prints them.
        </p>
      )}
      {shown.length === 0 ? (
        <Empty title={text === "" ? "Nothing has been logged yet." : "No line has this text."}>
          {!isOver(head.status) && <p class="muted">New lines appear by themselves.</p>}
        </Empty>
      ) : (
        <div
          ref={box}
          class="log"
          role="log"
          aria-label="Log"
          tabIndex={0}
          onScroll={(event) => {
            const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
            setFollowing(scrollTop + clientHeight >= scrollHeight - 24);
          }}
        >
          {shown.map((line, i) => (
            <Line key={i} line={line} hasStage={stage === "*"} />
          ))}
        </div>
      )}
    </>
  );
}

function useLog(run: string, stage: string): { lines: readonly LogLine[]; leftOut: number } {
  const [state, setState] = useState<{ of: string; lines: readonly LogLine[]; leftOut: number }>({
    of: "",
    lines: [],
    leftOut: 0,
  });
  const of = `${run} ${stage}`;
  useLive<LogMessage>({ run, log: stage }, "log", ({ lines, leftOut = 0, isStart }) =>
    setState((before) => {
      const isNew = isStart === true || before.of !== of;
      const all = isNew ? lines : [...before.lines, ...lines];
      const kept = all.slice(-mostLines);
      return { of, lines: kept, leftOut: (isNew ? 0 : before.leftOut) + leftOut + all.length - kept.length };
    }),
  );
  return state.of === of ? state : { lines: [], leftOut: 0 };
}

const isBad = (message: string): boolean => message.startsWith("failed");

function Line({
  line: { time, stage, attempt, message, facts, cutFrom },
  hasStage,
}: {
  line: LogLine;
  hasStage: boolean;
}) {
  const date = new Date(time);
  return (
    <div class={isBad(message) ? "log-line is-bad" : "log-line"}>
      <time dateTime={time} title={absolute(date.getTime())}>
        {date.toTimeString().slice(0, 8)}
      </time>{" "}
      {hasStage && <span class="log-stage">{stage}</span>} {attempt > 1 && <span class="muted">#{attempt}</span>}{" "}
      {message} <span class="muted">{facts}</span>
      {cutFrom !== undefined && (
        <b class="is-warn"> (cut: the line has {cutFrom.toLocaleString("en-US")} characters)</b>
      )}
    </div>
  );
}
