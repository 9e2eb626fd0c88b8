import { DataLink } from "../components/data-link.js";
import type { Board } from "../../messages.js";
import { Chip, Select } from "../components/fields.js";
import { setQuery } from "../router.js";
import { useLoaded } from "../send.js";
import { maxRuns } from "./chart.js";
import { xNames, type CurveView } from "./curve-view.js";

const smoothingWeights = [0, 0.6, 0.9, 0.97, 0.99];

interface ControlProps {
  view: CurveView;
  smoothing: number;
  runs: readonly string[];
  names: readonly string[];
  only: string | null;
  isFixed: boolean;
}

/** The choices above the curves of some runs. */
export function CurveControls({ view, smoothing, runs, names, only, isFixed }: ControlProps) {
  const { value: board } = useLoaded<Board>(isFixed ? undefined : "/api/runs");
  const candidates = board?.runs.filter((one) => !runs.includes(one.run)).slice(0, 200) ?? [];
  const others = runs.slice(1);
  return (
    <div class="filters" role="group" aria-label="How curves are shown">
      {names.length > 1 && (
        <Select
          label="Stage"
          value={only ?? ""}
          options={[["", "all stages"], ...names]}
          onChange={(stage) => setQuery({ stage })}
        />
      )}
      <Select
        label="X axis"
        value={view.x}
        options={xNames.map((name) => [name, `by ${name}`] as const)}
        onChange={(x) => setQuery({ x: x === "step" ? "" : x })}
      />
      <Select
        label="Smoothing"
        value={String(smoothing)}
        options={smoothingWeights.map(
          (weight) => [`${weight}`, weight === 0 ? "not smoothed" : `smoothed ${weight}`] as const,
        )}
        onChange={(smooth) => setQuery({ smooth: smooth === "0" ? "" : smooth })}
      />
      <Chip isOn={view.isLog} onClick={() => setQuery({ log: view.isLog ? "" : "1" })}>
        log scale
      </Chip>
      {candidates.length > 0 && runs.length < maxRuns && (
        <Select
          label="Compare with"
          value=""
          options={[["", "compare with…"], ...candidates.map(({ run }) => run)]}
          onChange={(run) => setQuery({ with: [...others, run].join(",") })}
        />
      )}
      {others.length > 0 && <Legend runs={runs} isFixed={isFixed} />}
      <span class="grow" />
      <DataLink
        href={`/api/runs/${encodeURIComponent(runs[0]!)}/metrics.csv${only === null ? "" : `?stage=${encodeURIComponent(only)}`}`}
        isFile
      >
        CSV
      </DataLink>
    </div>
  );
}

/** The colors of the runs; all but the first can be left out. */
const Legend = ({ runs, isFixed }: { runs: readonly string[]; isFixed: boolean }) => (
  <>
    {runs.map((name, i) => (
      <span key={name} class="legend">
        <span class={`swatch line-${i}`} aria-hidden="true" /> {name}
        {i > 0 && !isFixed && (
          <button
            type="button"
            class="quiet"
            aria-label={`leave ${name} out`}
            onClick={() =>
              setQuery({
                with: runs
                  .slice(1)
                  .filter((one) => one !== name)
                  .join(","),
              })
            }
          >
            ×
          </button>
        )}
      </span>
    ))}
  </>
);
