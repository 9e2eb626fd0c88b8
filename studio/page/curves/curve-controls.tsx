import type { Board } from "../board.js";
import { DataLink } from "../components/data-link.js";
import { Chip } from "../components/fields.js";
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
        value={view.x}
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
      <Chip isOn={view.isLog} onClick={() => setQuery({ log: view.isLog ? "" : "1" })}>
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
        href={`/api/runs/${encodeURIComponent(runs[0]!)}/metrics.csv${only === null ? "" : `?stage=${encodeURIComponent(only)}`}`}
        isFile
      >
        CSV
      </DataLink>
    </div>
  );
}
