import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isOver } from "../../../../schemas/run.js";
import type { LogLine, LogMessage, OutputMessage } from "../../../messages.js";
import { Empty } from "../../components/basics.js";
import { Chip, Select } from "../../components/fields.js";
import { useKeys } from "../../keys.js";
import { useLive } from "../../live.js";
import { withText, type OutputLines } from "../../output-lines.js";
import { setQuery, usePlace } from "../../router.js";
import { absolute, bytesText } from "../../text.js";
import type { ShownRun } from "./shown-run.js";

/** Lines that the page keeps, the newest. */
const maxLines = 5000;

/** The log of a run or of one stage, as it is written; or what the program of a stage prints. */
export function Logs({ head, stages }: ShownRun) {
  const { query } = usePlace();
  const stage = query.get("stage") ?? "*";
  const isOutput = stage !== "*" && query.get("show") === "output";
  const [isFollowing, setFollowing] = useState(true);
  const field = useRef<HTMLInputElement>(null);
  useKeys([{ keys: "/", label: "find in the log", act: () => field.current?.focus() }]);
  const visible = { run: head.run, stage, text: (query.get("q") ?? "").toLowerCase(), isOver: isOver(head.status) };
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
        <Select
          label="Stage"
          value={stage}
          options={[["*", "all stages"], ...stages.map(({ id }) => id)]}
          onChange={(id) => setQuery({ stage: id === "*" ? "" : id })}
        />
        {stage !== "*" && (
          <Select
            label="What is shown"
            value={isOutput ? "output" : ""}
            options={[
              ["", "log"],
              ["output", "output of its program"],
            ]}
            onChange={(show) => setQuery({ show })}
          />
        )}
        <Chip isOn={isFollowing} onClick={() => setFollowing(!isFollowing)}>
          follow
        </Chip>
      </div>
      {isOutput ? (
        <Output {...visible} follow={[isFollowing, setFollowing]} />
      ) : (
        <Log {...visible} follow={[isFollowing, setFollowing]} />
      )}
    </>
  );
}

interface ShownLines {
  run: string;
  /** `*`: all. */
  stage: string;
  /** Only lines with this text, in lower case. */
  text: string;
  /** Whether no more lines will come. */
  isOver: boolean;
  follow: readonly [boolean, (isFollowing: boolean) => void];
}

function Log({ run, stage, text, isOver, follow }: ShownLines) {
  const { lines, leftOut } = useLog(run, stage);
  const visible =
    text === ""
      ? lines
      : lines.filter((line) => `${line.stage} ${line.message} ${line.facts}`.toLowerCase().includes(text));
  return (
    <>
      {leftOut > 0 && (
        <p class="muted">
          {leftOut.toLocaleString("en-US")} earlier lines are left out: <code>pawl logs {run}</code> prints them.
        </p>
      )}
      {visible.length === 0 ? (
        <Empty title={text === "" ? "Nothing has been logged yet." : "No line has this text."}>
          {!isOver && <p class="muted">New lines appear by themselves.</p>}
        </Empty>
      ) : (
        <LogBox label="Log" follow={follow} version={visible}>
          {visible.map((line, i) => (
            <Line key={i} line={line} hasStage={stage === "*"} />
          ))}
        </LogBox>
      )}
    </>
  );
}

function Output({ run, stage, text, isOver, follow }: ShownLines) {
  const { isPresent, lines, leftOut } = useOutput(run, stage);
  // After the newline of the last line comes an empty one.
  const printed = lines.at(-1) === "" ? lines.slice(0, -1) : lines;
  const visible = text === "" ? printed : printed.filter((line) => line.toLowerCase().includes(text));
  const command = `pawl logs ${run} ${stage} --output`;
  return (
    <>
      {leftOut > 0 && (
        <p class="muted">
          {bytesText(leftOut)} before this are left out: <code>{command}</code> prints them.
        </p>
      )}
      {visible.length === 0 ? (
        <Empty
          title={
            !isPresent
              ? `No program of ${stage} has run in this run.`
              : text === ""
                ? "The program has printed nothing yet."
                : "No line has this text."
          }
        >
          <p class="muted">
            {isPresent
              ? !isOver && "New lines appear by themselves."
              : "Programs of command stages and of own stages print; one from the cache ran in another run."}
          </p>
        </Empty>
      ) : (
        <LogBox label="Output" follow={follow} version={lines}>
          {visible.map((line, i) => (
            <div key={i} class="log-line">
              {line === "" ? " " : line}
            </div>
          ))}
        </LogBox>
      )}
    </>
  );
}

interface LogBoxProps {
  label: string;
  follow: ShownLines["follow"];
  /** Changes with what is shown. */
  version: unknown;
  children: ComponentChildren;
}

/** Scrolls with new lines until somebody scrolls up. */
function LogBox({ label, follow: [isFollowing, setFollowing], version, children }: LogBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isFollowing && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [version, isFollowing]);
  return (
    <div
      ref={box}
      class="log"
      role="log"
      aria-label={label}
      tabIndex={0}
      onScroll={(event) => {
        const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
        setFollowing(scrollTop + clientHeight >= scrollHeight - 24);
      }}
    >
      {children}
    </div>
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
      const kept = all.slice(-maxLines);
      return { of, lines: kept, leftOut: (isNew ? 0 : before.leftOut) + leftOut + all.length - kept.length };
    }),
  );
  return state.of === of ? state : { lines: [], leftOut: 0 };
}

interface ShownOutput extends OutputLines {
  of: string;
  isPresent: boolean;
}

function useOutput(run: string, stage: string): ShownOutput {
  const of = `${run} ${stage}`;
  const none: ShownOutput = { of, isPresent: false, lines: [], leftOut: 0 };
  const [state, setState] = useState(none);
  useLive<OutputMessage>({ run, output: stage }, "output", ({ isPresent, text, leftOut = 0, isStart }) =>
    setState((before) => {
      const isNew = isStart === true || before.of !== of;
      const known = isNew ? none : before;
      return { of, isPresent, ...withText({ ...known, leftOut: known.leftOut + leftOut }, text) };
    }),
  );
  return state.of === of ? state : none;
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
