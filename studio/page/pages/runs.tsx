import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { Sign, Status } from "../../../report/components/sign.js";
import { markOfRun } from "../../../report/marks.js";
import { shortNumber } from "../../../report/values.js";
import { isOver, type RunStatus } from "../../../schemas/run.js";
import type { RunSummary } from "../../messages.js";
import { compareAddress, runAddress } from "../address.js";
import { Ago, Bar, Command, Empty, FailureNotice, Loading, ServerAway, useNow } from "../components/basics.js";
import { Chip, Select } from "../components/fields.js";
import { useKeys } from "../keys.js";
import { navigate, setQuery, usePlace } from "../router.js";
import { useRuns } from "../use-runs.js";
import { costText, counted, percent, spoken } from "../text.js";

/** Heights of a row, px: fixed, so that only the rows in sight exist. */
const rowHeights = { wide: 40, narrow: 76 };
/** Runs that are compared at most. */
const maxCompared = 6;
/** Rows beyond the window, so that scrolling shows no gap. */
const rowsBeyond = 12;

const statuses: RunStatus[] = ["running", "waiting", "parked", "paused", "succeeded", "failed", "cancelled"];

/** All runs, the newest first: live, filtered by the query. */
export function Runs() {
  const shownRuns = useRuns();
  const { server, failure } = shownRuns ?? {};
  const runs = useMemo(() => shownRuns && newestFirst(shownRuns.runs), [shownRuns?.runs]);
  const { query } = usePlace();
  const now = useNow(1000);
  const filter = useRef<HTMLInputElement>(null);
  const wanted = parseFilters(query);
  const marked = markedIn(query);
  const visible = useMemo(() => runs?.filter((run) => isWanted(run, wanted)), [runs, query.toString()]);
  const [at, setAt] = useState(-1);
  const move = (by: number): void => setAt((at) => Math.max(0, Math.min((visible?.length ?? 1) - 1, at + by)));
  useKeys([
    { keys: "/", label: "filter by name", act: () => filter.current?.focus() },
    { keys: "j", label: "the next run", act: () => move(1) },
    { keys: "k", label: "the run before", act: () => move(-1) },
    { keys: "x", label: "mark the run for a comparison", act: () => visible?.[at] && toggleMark(visible[at].run) },
    { keys: "c", label: "compare the marked runs", act: () => marked.length > 1 && navigate(compareAddress(marked)) },
    { keys: "Enter", label: "open the run", act: () => visible?.[at] && navigate(runAddress(visible[at].run)) },
  ]);
  if (failure && runs?.length === 0) return <FailureNotice failure={failure} title="The runs cannot be read." />;
  return (
    <>
      <div class="heading">
        <h1>Runs</h1>
        <span class="muted" role="status">
          {visible && counted(visible.length, "run")}
          {visible && runs && visible.length < runs.length && ` of ${runs.length.toLocaleString("en-US")}`}
        </span>
        <span class="grow" />
        {marked.length > 0 && <Marked runs={marked} />}
      </div>
      {failure && <FailureNotice failure={failure} title="The list may be out of date." />}
      {server === "away" && runs?.some(({ status }) => !isOver(status)) && <ServerAway />}
      <Filters runs={runs ?? []} query={query} field={filter} />
      {visible === undefined || runs === undefined ? (
        <Loading lines={10} />
      ) : runs.length === 0 ? (
        <Empty title="No runs yet.">
          <p>
            Start one in a terminal: <Command text="run tiny" />
          </p>
        </Empty>
      ) : visible.length === 0 ? (
        <Empty title="No run is of this kind.">
          <p>
            <a href="/runs">Show all runs</a>
          </p>
        </Empty>
      ) : (
        <RunTable runs={visible} nowMs={now} at={at} marked={marked} />
      )}
    </>
  );
}

const newestFirst = (runs: ReadonlyMap<string, RunSummary>): RunSummary[] =>
  [...runs.values()].sort((a, b) => b.startedAtMs - a.startedAtMs);

/** Explains why an active run may have another state than shown. */
const staleTexts: Record<NonNullable<RunSummary["stale"]>, string> = {
  away: "as last known: the Temporal server does not answer",
  unknown: "as last recorded: the Temporal server does not know this run (anymore)",
  notAsked: "as last recorded: of the runs under way only the newest are asked for their state; open it to see more",
  noWorker: "as last recorded: no worker answers for this run",
};

/** Ids of runs that are marked for a comparison: part of the address. */
const markedIn = (query: URLSearchParams): string[] =>
  query
    .getAll("marked")
    .flatMap((text) => text.split(","))
    .filter(Boolean);

function toggleMark(run: string): void {
  const marked = markedIn(new URLSearchParams(location.search));
  const next = marked.includes(run) ? marked.filter((one) => one !== run) : [...marked, run].slice(-maxCompared);
  setQuery({ marked: next.join(",") });
}

/** What can be done with the marked runs. */
function Marked({ runs }: { runs: readonly string[] }) {
  return (
    <div class="marked-runs" role="region" aria-label="Marked runs">
      {runs.length === 1 ? (
        <span>{runs[0]} is marked: mark another one to compare them.</span>
      ) : (
        <a class="button is-main" href={compareAddress(runs)}>
          Compare {runs.length} runs
        </a>
      )}
      <button type="button" class="quiet" onClick={() => setQuery({ marked: "" })}>
        Unmark all
      </button>
    </div>
  );
}

interface Filters {
  statuses: string[];
  pipeline: string;
  text: string;
  hasChildren: boolean;
}

const parseFilters = (query: URLSearchParams): Filters => ({
  statuses: query.get("status")?.split(",").filter(Boolean) ?? [],
  pipeline: query.get("pipeline") ?? "",
  text: (query.get("q") ?? "").toLowerCase(),
  hasChildren: query.has("children"),
});

function isWanted({ run, pipeline, status, parent }: RunSummary, wanted: Filters): boolean {
  if (parent !== undefined && !wanted.hasChildren) return false;
  if (wanted.statuses.length > 0 && !wanted.statuses.includes(status)) return false;
  if (wanted.pipeline !== "" && wanted.pipeline !== pipeline) return false;
  return wanted.text === "" || run.toLowerCase().includes(wanted.text) || pipeline.toLowerCase().includes(wanted.text);
}

interface FiltersProps {
  runs: readonly RunSummary[];
  query: URLSearchParams;
  field: { current: HTMLInputElement | null };
}

function Filters({ runs, query, field }: FiltersProps) {
  const wanted = parseFilters(query);
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const { status, parent } of runs)
      if (parent === undefined || wanted.hasChildren) found.set(status, (found.get(status) ?? 0) + 1);
    return found;
  }, [runs, wanted.hasChildren]);
  const pipelines = useMemo(() => [...new Set(runs.map(({ pipeline }) => pipeline))].sort(), [runs]);
  const hasChildren = runs.some(({ parent }) => parent !== undefined);
  const toggle = (status: string): void => {
    const next = wanted.statuses.includes(status)
      ? wanted.statuses.filter((one) => one !== status)
      : [...wanted.statuses, status];
    setQuery({ status: next.join(",") });
  };
  return (
    <div class="filters" role="group" aria-label="Filters">
      <input
        ref={field}
        type="search"
        placeholder="Filter by name  /"
        aria-label="Filter by name"
        value={query.get("q") ?? ""}
        onInput={(event) => setQuery({ q: event.currentTarget.value })}
      />
      {pipelines.length > 1 && (
        <Select
          label="Pipeline"
          value={wanted.pipeline}
          options={[["", "all pipelines"], ...pipelines]}
          onChange={(pipeline) => setQuery({ pipeline })}
        />
      )}
      {statuses
        .filter((status) => counts.has(status) || wanted.statuses.includes(status))
        .map((status) => {
          const { shape, word, color } = markOfRun(status);
          return (
            <Chip key={status} isOn={wanted.statuses.includes(status)} onClick={() => toggle(status)}>
              <span class={`is-${color}`}>
                <Sign shape={shape} />
              </span>{" "}
              {word} <span class="muted">{counts.get(status) ?? 0}</span>
            </Chip>
          );
        })}
      {hasChildren && (
        <Chip isOn={wanted.hasChildren} onClick={() => setQuery({ children: wanted.hasChildren ? "" : "1" })}>
          with child runs
        </Chip>
      )}
    </div>
  );
}

const isNarrow = (): boolean => matchMedia("(max-width: 800px)").matches;

interface RunTableProps {
  runs: readonly RunSummary[];
  nowMs: number;
  at: number;
  marked: readonly string[];
}

/** Which rows are in sight; the row that keys have chosen is brought there. */
function useRowsInSight(rows: number, at: number, height: number) {
  const table = useRef<HTMLTableSectionElement>(null);
  const [first, setFirst] = useState(0);
  const [count, setCount] = useState(Math.ceil(innerHeight / height) + rowsBeyond);
  useEffect(() => {
    const update = (): void => {
      const top = Math.max(0, -(table.current?.getBoundingClientRect().top ?? 0));
      // In steps of several rows: most events of a scroll change nothing.
      const steps = Math.floor(top / height / rowsBeyond);
      setFirst(Math.max(0, (steps - 1) * rowsBeyond));
      setCount(Math.ceil(innerHeight / height) + (steps === 0 ? 1 : 3) * rowsBeyond);
    };
    update();
    addEventListener("scroll", update, { passive: true });
    addEventListener("resize", update);
    return () => {
      removeEventListener("scroll", update);
      removeEventListener("resize", update);
    };
  }, [height, rows]);
  useLayoutEffect(() => {
    if (at < 0) return;
    const row = document.querySelector(`[data-row="${at}"]`);
    if (row !== null) row.scrollIntoView({ block: "nearest" });
    // Keys can be faster than the rows.
    else scrollBy(0, table.current!.getBoundingClientRect().top + at * height - innerHeight / 2);
  }, [at]);
  return { table, first, last: first + count };
}

const columns = ["Status", "Run", "Pipeline", "Started", "Duration", "Progress", "Metric", "Waits for"];

/** The rows in sight, between two gaps as high as all others. */
function RunTable({ runs, nowMs, at, marked }: RunTableProps) {
  const height = isNarrow() ? rowHeights.narrow : rowHeights.wide;
  const { table, first, last } = useRowsInSight(runs.length, at, height);
  const visible = runs.slice(first, last);
  return (
    <table
      class={runs.some(({ waits }) => waits.length > 0) ? "runs has-waits" : "runs"}
      aria-rowcount={runs.length + 1}
    >
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={table}>
        <Gap rows={Math.min(first, runs.length)} height={height} />
        {visible.map((run, i) => (
          <RunRow
            key={run.run}
            run={run}
            nowMs={nowMs}
            index={first + i}
            isAt={at === first + i}
            isMarked={marked.includes(run.run)}
          />
        ))}
        <Gap rows={Math.max(0, runs.length - last)} height={height} />
      </tbody>
    </table>
  );
}

const Gap = ({ rows, height }: { rows: number; height: number }) =>
  rows > 0 ? <tr class="gap" aria-hidden="true" style={{ height: `${rows * height}px` }} /> : null;

interface RunRowProps {
  run: RunSummary;
  nowMs: number;
  index: number;
  isAt: boolean;
  isMarked: boolean;
}

function RunRow({ run, nowMs, index, isAt, isMarked }: RunRowProps) {
  const { status, startedAtMs, endedAtMs, metric, waits, stale } = run;
  const address = runAddress(run.run);
  return (
    <tr
      class={isAt ? "is-at" : ""}
      data-row={index}
      aria-rowindex={index + 2}
      onClick={(event) => (event.target as Element).closest("a,input") ?? navigate(address)}
    >
      <td class="cell-status">
        <input
          type="checkbox"
          checked={isMarked}
          aria-label={`mark ${run.run} for a comparison`}
          onChange={() => toggleMark(run.run)}
        />
        <Status mark={markOfRun(status)} />
        {stale !== undefined && (
          <span class="muted" role="img" title={staleTexts[stale]} aria-label={staleTexts[stale]}>
            *
          </span>
        )}
      </td>
      <td class="cell-run">
        <a href={address}>{run.run}</a>
      </td>
      <td class="cell-pipeline">{run.pipeline}</td>
      <td class="cell-started">
        <Ago ms={startedAtMs} nowMs={nowMs} />
      </td>
      <td class="cell-duration">
        {stale === "unknown" ? "" : spoken((endedAtMs ?? nowMs) - startedAtMs)}
        {run.cost && <span class="muted"> · {costText(run.cost)}</span>}
      </td>
      <td class="cell-progress">
        <Progress run={run} />
      </td>
      <td class="cell-metric" title={metric && `${metric.name} ${metric.value}`}>
        {metric && (
          <>
            {shortNumber(metric.value)} <span class="muted">{metric.name}</span>
          </>
        )}
      </td>
      <td class="cell-waits">
        <WaitsFor items={waits} />
      </td>
    </tr>
  );
}

function Progress({ run: { run, status, done, total, share, stale } }: { run: RunSummary }) {
  const part = share ?? (total === 0 ? 0 : done / total);
  return !isOver(status) && stale === undefined ? (
    <>
      <Bar share={part} label={`progress of ${run}`} /> {percent(part)}
    </>
  ) : (
    <span class="muted">
      {done} of {total}
    </span>
  );
}

function WaitsFor({ items: [first, ...others] }: { items: RunSummary["waits"] }) {
  if (first === undefined) return null;
  return (
    <a href="/waiting" class="is-warn">
      {first.stage}
      {first.target !== undefined && ` ${first.chosen}/${first.target}`}
      {others.length > 0 && ` and ${others.length} more`}
    </a>
  );
}
