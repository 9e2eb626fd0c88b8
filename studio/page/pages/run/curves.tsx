import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { CurvePiece, CurvesMessage } from "../../../messages.js";
import { CurveChart, lineColors, type Line } from "../../components/curve-chart.js";
import { Empty, FailureNotice, Loading, Note } from "../../components/basics.js";
import { DataLink } from "../../components/data-link.js";
import { Chip } from "../../components/fields.js";
import { curveView, whyLeftOut, xNames, type CurveView, type XName } from "../../curve-view.js";
import { setQuery, usePlace } from "../../router.js";
import { failureOf, read, useAnswersAgain, useLoaded } from "../../send.js";
import type { Board } from "../../board.js";
import type { Failure } from "../../../messages.js";
import { useStep, type ShownRun } from "./shown-run.js";

const smoothingWeights = [0, 0.6, 0.9, 0.97, 0.99];
/** Runs that are compared at most: as many as there are colors. */
const maxRuns = lineColors.length;
/** A range is read once it has stayed for this time, ms; until then what is known of it is drawn. */
const settledMs = 80;

const curvesAddress = (run: string, query: Record<string, string> = {}): string =>
  `/api/runs/${encodeURIComponent(run)}/curves?${new URLSearchParams(query).toString()}`;

/** The curves of a run, small multiples by stage, with those of other runs over them. */
export function Curves({ head, stages }: ShownRun) {
  const { query } = usePlace();
  const others = (query.get("with") ?? "").split(",").filter((run) => run !== "" && run !== head.run);
  const running = stages.filter(({ status }) => status === "running").map(({ id }) => id);
  const steps = stages.map(({ id, status, progress }) => `${id} ${status} ${progress?.done ?? ""}`).join();
  const order = stages.map(({ id }) => id);
  return <CurvesOfRuns runs={[head.run, ...others].slice(0, maxRuns)} {...{ running, order }} step={useStep(steps)} />;
}

interface CurvesOfRunsProps {
  runs: readonly string[];
  /** Stages of the first run that are running. */
  running?: readonly string[];
  /** Changes when the first run has got further. */
  step?: number;
  /** Ids of stages; default: as the first run has them. */
  order?: readonly string[];
  /** No other run can be added. */
  isFixed?: true;
}

/** The curves of several runs over each other. */
export function CurvesOfRuns({ runs, running = [], step = 0, order, isFixed }: CurvesOfRunsProps) {
  const { query } = usePlace();
  const [run] = runs;
  const only = query.get("stage");
  const { read: found, chosen, failure } = useCurves(runs, running, step, only);
  const x = (xNames as readonly string[]).includes(query.get("x") ?? "") ? (query.get("x") as XName) : "step";
  const smoothing = Number(query.get("smooth")) || 0;
  const isLog = query.has("log");
  const view = useMemo(() => curveView(x, isLog, Math.min(0.999, smoothing)), [x, isLog, smoothing]);
  const own = found.get(run!);
  if (failure && own === undefined) return <FailureNotice failure={failure} />;
  if (own === undefined) return <Loading />;
  const hasCurves = new Set(own.curves.map(({ stage }) => stage));
  const names = order === undefined ? [...hasCurves] : order.filter((id) => hasCurves.has(id));
  const shown = names.filter((name) => only === null || name === only);
  const others = own.others.filter((name) => !hasCurves.has(name));
  const isAwaited = only !== null && others.includes(only) && !chosen.has(only) && failure === undefined;
  return (
    <>
      <Controls
        {...{ x, smoothing, isLog, runs, only }}
        names={[...names, ...others]}
        run={run!}
        isFixed={isFixed === true}
      />
      {own.problems.length > 0 && <Note>{own.problems.join("; ")}</Note>}
      {failure && <FailureNotice failure={failure} title="Not all curves could be read." />}
      {only === null && others.length > 0 && (
        <p class="muted">
          The curves of {hasCurves.size} stages are shown. {others.length.toLocaleString("en-US")} more stages have run:
          choose one above.
        </p>
      )}
      {isAwaited && <Loading />}
      {shown.length === 0 && !isAwaited && (
        <Empty
          title={
            only === null || names.length === 0 ? "No stage has recorded its steps." : `${only} has recorded no steps.`
          }
        >
          <p class="muted">Stages that train write a curve for each of their metrics.</p>
        </Empty>
      )}
      {shown.map((stage) => (
        <StageCurves key={stage} stage={stage} runs={runs} found={found} view={view} />
      ))}
    </>
  );
}

type Found = ReadonlyMap<string, CurvesMessage>;

/** The whole curves of some runs; those of stages that run are read again when they have got further. */
function useCurves(
  runs: readonly string[],
  running: readonly string[],
  step: number,
  only: string | null,
): FoundCurves {
  const [state, setState] = useState<FoundCurves>({ read: new Map(), chosen: new Set() });
  const before = useRef<readonly string[]>([]);
  // A slow answer is waited for: what came meanwhile is read after it.
  const reading = useRef({ isReading: false, isMissed: false });
  const [turn, setTurn] = useState(0);
  const answersAgain = useAnswersAgain(state.failure);
  // What could not be read is read again when the studio answers again, and when the run has got further.
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (state.isIncomplete) setTries((count) => count + 1);
  }, [step, answersAgain]);
  useEffect(() => {
    const left = new AbortController();
    void Promise.allSettled(runs.map((run) => read<CurvesMessage>(curvesAddress(run), left.signal))).then((results) => {
      if (left.signal.aborted) return;
      const failed = results.find((result) => result.status === "rejected");
      const values = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      setState({
        read: new Map(values.map((value) => [value.run, value])),
        chosen: new Set(),
        ...(failed && { failure: failureOf(failed.reason), isIncomplete: true }),
      });
    });
    return () => left.abort();
  }, [runs.join(), tries]);
  useEffect(() => {
    if (only === null) return;
    const lacking = runs.filter((run) => state.read.get(run)?.others.includes(only));
    if (lacking.length === 0) return;
    void Promise.all(lacking.map((run) => read<CurvesMessage>(curvesAddress(run, { stage: only })))).then(
      (messages) =>
        setState((known) => ({
          ...known,
          read: messages.reduce((all, message) => withNewer(all, message.run, [message]), known.read),
          chosen: new Set([...known.chosen, only]),
        })),
      (error: unknown) => setState((known) => ({ ...known, failure: failureOf(error) })),
    );
  }, [only, state.read.size, runs.join(), tries, answersAgain]);
  useEffect(() => {
    // One that has just ended has its last steps still to come.
    const stages = [...new Set([...running, ...before.current])];
    if (step === 0 || stages.length === 0) return;
    const now = reading.current;
    now.isMissed = now.isReading;
    if (now.isReading) return;
    now.isReading = true;
    before.current = running;
    const run = runs[0]!;
    void Promise.all(stages.map((stage) => read<CurvesMessage>(curvesAddress(run, { stage }))))
      .then((messages) => setState((known) => ({ ...known, read: withNewer(known.read, run, messages) })))
      .catch(() => undefined)
      .then(() => {
        now.isReading = false;
        if (now.isMissed) setTurn((count) => count + 1);
      });
  }, [step, turn]);
  return state;
}

interface FoundCurves {
  read: Found;
  /** Stages that were read because somebody chose them: those that a message names in `others`. */
  chosen: ReadonlySet<string>;
  failure?: Failure;
  /** The curves of a whole run could not be read. */
  isIncomplete?: true;
}

/** What is known of the curves, those of some stages of a run replaced. */
function withNewer(found: Found, run: string, messages: readonly CurvesMessage[]): Found {
  const newer = messages.flatMap(({ curves }) => curves);
  const stages = new Set(newer.map(({ stage }) => stage));
  const known = found.get(run);
  const kept = known?.curves.filter(({ stage }) => !stages.has(stage)) ?? [];
  const { others = [], problems = [] } = known ?? {};
  return new Map(found).set(run, { run, curves: [...kept, ...newer], others, problems });
}

interface ControlProps {
  x: XName;
  smoothing: number;
  isLog: boolean;
  runs: readonly string[];
  run: string;
  names: readonly string[];
  only: string | null;
  isFixed: boolean;
}

function Controls({ x, smoothing, isLog, runs, run, names, only, isFixed }: ControlProps) {
  const { value: board } = useLoaded<Board>(isFixed ? undefined : "/api/runs");
  const candidates = board?.runs.filter((one) => !runs.includes(one.run)).slice(0, 200) ?? [];
  const others = runs.slice(1);
  return (
    <div class="filters" role="group" aria-label="How curves are shown">
      {names.length > 1 && (
        <select
          aria-label="Stage"
          value={only ?? ""}
          onChange={(event) => setQuery({ stage: event.currentTarget.value })}
        >
          <option value="">all stages</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      <select
        aria-label="X axis"
        value={x}
        onChange={(event) => setQuery({ x: event.currentTarget.value === "step" ? "" : event.currentTarget.value })}
      >
        {xNames.map((name) => (
          <option key={name} value={name}>
            by {name}
          </option>
        ))}
      </select>
      <select
        aria-label="Smoothing"
        value={String(smoothing)}
        onChange={(event) => setQuery({ smooth: event.currentTarget.value === "0" ? "" : event.currentTarget.value })}
      >
        {smoothingWeights.map((value) => (
          <option key={value} value={String(value)}>
            {value === 0 ? "not smoothed" : `smoothed ${value}`}
          </option>
        ))}
      </select>
      <Chip isOn={isLog} onClick={() => setQuery({ log: isLog ? "" : "1" })}>
        log scale
      </Chip>
      {candidates.length > 0 && runs.length < maxRuns && (
        <select
          aria-label="Compare with"
          value=""
          onChange={(event) => setQuery({ with: [...others, event.currentTarget.value].join(",") })}
        >
          <option value="">compare with…</option>
          {candidates.map((one) => (
            <option key={one.run}>{one.run}</option>
          ))}
        </select>
      )}
      {others.length > 0 &&
        runs.map((name, i) => (
          <span key={name} class="legend">
            <span class={`swatch line-${i}`} aria-hidden="true" /> {name}
            {i > 0 && !isFixed && (
              <button
                type="button"
                class="quiet"
                aria-label={`leave ${name} out`}
                onClick={() => setQuery({ with: others.filter((one) => one !== name).join(",") })}
              >
                ×
              </button>
            )}
          </span>
        ))}
      <span class="grow" />
      <DataLink
        href={`/api/runs/${encodeURIComponent(run)}/metrics.csv${only === null ? "" : `?stage=${encodeURIComponent(only)}`}`}
        isFile
      >
        CSV
      </DataLink>
    </div>
  );
}

interface StageCurvesProps {
  stage: string;
  runs: readonly string[];
  found: Found;
  view: CurveView;
}

/** The curves of one stage share their crosshair and the range in sight, which the address keeps. */
function StageCurves({ stage, runs, found, view }: StageCurvesProps) {
  const { query } = usePlace();
  const [cursor, setCursor] = useState<number>();
  const range = rangeIn(query.get("zoom"), stage, view.x);
  const details = useDetails(stage, runs, found, view, range);
  const setRange = (next: readonly [number, number] | undefined): void =>
    setQuery({ zoom: next && `${stage}:${view.x}:${next.map((value) => Number(value.toPrecision(7))).join(":")}` });
  const own = found.get(runs[0]!)?.curves.filter((piece) => piece.stage === stage) ?? [];
  const all = runs.flatMap((run) => found.get(run)?.curves.filter((piece) => piece.stage === stage) ?? []);
  const charts = own
    .map(({ metric, declared }) => ({ metric, declared, lines: linesOf(stage, metric, runs, found, details, view.x) }))
    .filter(({ lines }) => lines.length > 0);
  const ends = all.flatMap((piece) =>
    [piece.from, piece.to].flatMap((step) => {
      const at = view.xOf(piece, step);
      return at === undefined ? [] : [at];
    }),
  );
  return (
    <section class="stage-curves" aria-label={`Curves of ${stage}`}>
      <div class="panel-heading">
        <h2>{stage}</h2>
        <span class="muted">{own[0] && `${own[0].to.toLocaleString("en-US")} steps`}</span>
        {range && (
          <button type="button" class="quiet" onClick={() => setRange(undefined)}>
            show all
          </button>
        )}
        {leftOut(stage, runs, found, view.x).map((text) => (
          <span key={text} class="muted">
            {text}
          </span>
        ))}
      </div>
      <div class="charts">
        {charts.map(({ metric, declared, lines }) => (
          <CurveChart
            key={metric}
            title={metric}
            {...(declared && declared.unit !== "1" && { unit: declared.unit })}
            {...(declared && { description: declared.description })}
            lines={lines}
            ends={ends}
            view={view}
            range={range}
            cursor={cursor}
            onCursor={setCursor}
            onRange={setRange}
          />
        ))}
      </div>
    </section>
  );
}

/** `STAGE:X:FROM:TO` of the address, if it is of this stage and axis. */
function rangeIn(text: string | null, stage: string, x: XName): readonly [number, number] | undefined {
  const parts = text?.split(":") ?? [];
  const [from, to] = parts.slice(-2).map(Number);
  if (parts.slice(0, -3).join(":") !== stage || parts.at(-3) !== x) return undefined;
  return from !== undefined && to !== undefined && from < to ? [from, to] : undefined;
}

/** The runs whose curves of a stage have no place on the x axis, and why. */
function leftOut(stage: string, runs: readonly string[], found: Found, x: XName): string[] {
  return runs.flatMap((run) => {
    const piece = found.get(run)?.curves.find((one) => one.stage === stage);
    const why = piece && whyLeftOut(piece, x);
    return why === undefined ? [] : [`not shown by ${x}: ${runs.length > 1 ? `${run}, ` : ""}${why}`];
  });
}

const keyOf = (run: string, metric: string): string => `${run} ${metric}`;

function linesOf(
  stage: string,
  metric: string,
  runs: readonly string[],
  found: Found,
  details: ReadonlyMap<string, CurvePiece>,
  x: XName,
): Line[] {
  return runs.flatMap((run, color) => {
    const whole = found.get(run)?.curves.find((piece) => piece.stage === stage && piece.metric === metric);
    const detail = details.get(keyOf(run, metric));
    return whole === undefined || whyLeftOut(whole, x) !== undefined
      ? []
      : [{ run, color, whole, ...(detail && { detail }) }];
  });
}

/** The range in sight in full detail, for each run and metric; read once the range rests. */
function useDetails(
  stage: string,
  runs: readonly string[],
  found: Found,
  view: CurveView,
  range: readonly [number, number] | undefined,
): ReadonlyMap<string, CurvePiece> {
  const [details, setDetails] = useState<ReadonlyMap<string, CurvePiece>>(new Map());
  const asked = useRef("");
  const key = range === undefined ? "" : [stage, view.x, ...range, ...runs].join();
  useEffect(() => {
    asked.current = key;
    if (range === undefined) {
      setDetails(new Map());
      return;
    }
    const timer = setTimeout(() => {
      const pieces = runs.map(async (run) => {
        const whole = found.get(run)?.curves.find((piece) => piece.stage === stage);
        if (whole === undefined) return [];
        const [from, to] = stepsOf(whole, view, range);
        const query = {
          stage,
          from: String(from),
          to: String(to),
          buckets: String(Math.min(1200, Math.ceil(innerWidth / 2))),
        };
        const { curves } = await read<CurvesMessage>(curvesAddress(run, query));
        return curves.map((piece) => [keyOf(run, piece.metric), piece] as const);
      });
      void Promise.all(pieces).then(
        (read) => asked.current === key && setDetails(new Map(read.flat())),
        () => undefined,
      );
    }, settledMs);
    return () => clearTimeout(timer);
  }, [key, found]);
  return range === undefined ? new Map() : details;
}

/** The steps of a range of the x axis, which grows with them. */
function stepsOf(piece: CurvePiece, { xOf }: CurveView, range: readonly [number, number]): [number, number] {
  const stepAt = (x: number): number => {
    let [low, high] = [piece.from, piece.to];
    while (high - low > 0.5) {
      const middle = (low + high) / 2;
      if ((xOf(piece, middle) ?? -Infinity) < x) low = middle;
      else high = middle;
    }
    return low;
  };
  return [Math.floor(stepAt(range[0])), Math.ceil(stepAt(range[1])) + 1];
}
