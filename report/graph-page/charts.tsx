import { greatest } from "../../platform/extremes.js";
import { fitAxis, short } from "../components/axis.js";
import { Axes, type Frame } from "../components/line-chart.js";
import type { Histogram } from "./histogram.js";

const frame: Frame = { left: 40, right: 268, top: 8, bottom: 98 };

/** A distribution as bars; what it shows stands beside it in words. */
function Bars({ bars, logarithmic }: Pick<Histogram, "bars" | "logarithmic">) {
  const x = fitAxis([bars[0]!.from, bars.at(-1)!.to], [frame.left, frame.right], logarithmic);
  const y = fitAxis([0, greatest(bars.map(({ count }) => count))], [frame.bottom, frame.top], false, 3);
  const at = (value: number): string => value.toFixed(1);
  const parts = bars.map(
    ({ from, to, count }) => `M${at(x.of(from) + 0.5)} ${frame.bottom}V${at(y.of(count))}H${at(x.of(to) - 0.5)}V98z`,
  );
  return (
    <svg viewBox="0 0 280 120" aria-hidden="true">
      <Axes x={x} y={y} frame={frame} />
      <path class="bars" d={parts.join("")} />
    </svg>
  );
}

interface FeatureProps {
  name: string;
  meaning: string;
  histogram: Histogram;
}

/** How the values of a feature are distributed. */
export function FeatureChart({ name, meaning, histogram }: FeatureProps) {
  const { least, median, largest, missing, apart, logarithmic } = histogram;
  const isConstant = least === largest;
  const facts = [
    isConstant
      ? `${short(largest)}, the same for all rows`
      : `least ${short(least)}, median ${short(median)}, largest ${short(largest)}`,
    logarithmic && "logarithmic scale",
    apart > 0 && `${apart.toLocaleString("en")} at 0`,
    missing > 0 && `${missing.toLocaleString("en")} missing`,
  ];
  return (
    <div class="chart">
      {least < largest && <Bars {...histogram} />}
      <div class="caption">
        <b>{name}</b> · {meaning}
        <br />
        {Number.isNaN(median) ? "no values" : facts.filter(Boolean).join(", ")}
      </div>
    </div>
  );
}

/**
 * Correlations of columns with one another: blue is positive, orange is negative.
 * @param values [columns][columns]
 */
export function HeatMap({ names, values }: { names: readonly string[]; values: readonly (readonly number[])[] }) {
  const cell = Math.max(14, Math.min(34, 760 / names.length));
  const margin = 10 + 6.2 * greatest(names.map((name) => name.length));
  const [size, bottom] = [Math.round(cell * names.length + margin) + 10, 5 + cell * names.length];
  const cells = names.flatMap((row, i) =>
    names.map((column, j) => ({ row, column, value: values[i]![j]!, x: margin + j * cell, y: 5 + i * cell })),
  );
  return (
    <svg viewBox={`0 0 ${size} ${size}`} style={`width:${size}px`} role="img" aria-label="rank correlations">
      {names.map((name, i) => (
        <text x={(margin - 4).toFixed(1)} y={(5 + (i + 0.5) * cell + 3).toFixed(1)} text-anchor="end">
          {name}
        </text>
      ))}
      {names.map((name, i) => (
        <text
          transform={`translate(${(margin + (i + 0.5) * cell + 3).toFixed(1)} ${(bottom + 4).toFixed(1)}) rotate(-90)`}
          text-anchor="end"
        >
          {name}
        </text>
      ))}
      {cells
        .filter(({ value }) => !Number.isNaN(value))
        .map(({ row, column, value, x, y }) => (
          <rect
            class={value < 0 ? "negative" : "bars"}
            x={(x + 0.5).toFixed(1)}
            y={(y + 0.5).toFixed(1)}
            width={(cell - 1).toFixed(1)}
            height={(cell - 1).toFixed(1)}
            fill-opacity={Math.abs(value).toFixed(3)}
          >
            <title>{`${row} · ${column}: ${value.toFixed(2).replace("-", "−")}`}</title>
          </rect>
        ))}
    </svg>
  );
}
