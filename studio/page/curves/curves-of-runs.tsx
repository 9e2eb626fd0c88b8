import { useMemo } from "preact/hooks";
import { Empty, FailureNotice, Loading, Note } from "../components/basics.js";
import { usePlace } from "../router.js";
import { CurveControls } from "./curve-controls.js";
import { curveView, xNames, type CurveView } from "./curve-view.js";
import { StageCurves } from "./stage-curves.js";
import { useCurves } from "./use-curves.js";

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
  const { view, smoothing, only } = useView();
  const { read: found, chosen, failure } = useCurves(runs, running, step, only);
  const own = found.get(runs[0]!);
  if (failure && own === undefined) return <FailureNotice failure={failure} />;
  if (own === undefined) return <Loading />;
  const hasCurves = new Set(own.curves.map(({ stage }) => stage));
  const names = order === undefined ? [...hasCurves] : order.filter((id) => hasCurves.has(id));
  const selected = names.filter((name) => only === null || name === only);
  const others = own.others.filter((name) => !hasCurves.has(name));
  const isAwaited = only !== null && others.includes(only) && !chosen.has(only) && failure === undefined;
  return (
    <>
      <CurveControls {...{ view, smoothing, runs, only }} names={[...names, ...others]} isFixed={isFixed === true} />
      {own.problems.length > 0 && <Note>{own.problems.join("; ")}</Note>}
      {failure && <FailureNotice failure={failure} title="Not all curves could be read." />}
      {only === null && others.length > 0 && (
        <p class="muted">
          The curves of {hasCurves.size} stages are shown. {others.length.toLocaleString("en-US")} more stages have run:
          choose one above.
        </p>
      )}
      {isAwaited && <Loading />}
      {selected.length === 0 && !isAwaited && (
        <Empty
          title={
            only === null || names.length === 0 ? "No stage has recorded its steps." : `${only} has recorded no steps.`
          }
        >
          <p class="muted">Stages that train write a curve for each of their metrics.</p>
        </Empty>
      )}
      {selected.map((stage) => (
        <StageCurves key={stage} stage={stage} runs={runs} found={found} view={view} />
      ))}
    </>
  );
}

/** How curves are shown, as the address says, and of which stage; null: of all. */
function useView(): { view: CurveView; smoothing: number; only: string | null } {
  const { query } = usePlace();
  const x = xNames.find((name) => name === query.get("x")) ?? "step";
  const smoothing = Number(query.get("smooth")) || 0;
  const isLog = query.has("log");
  const view = useMemo(() => curveView(x, isLog, Math.min(0.999, smoothing)), [x, isLog, smoothing]);
  return { view, smoothing, only: query.get("stage") };
}
