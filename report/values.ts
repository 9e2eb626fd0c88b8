import type { StageState } from "../schemas/run.js";

/** A time span: `850 ms`, `12.3 s`, `4m 05s`, `2h 03m`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${pad(minutes % 60)}m`;
}

const pad = (value: number): string => String(value).padStart(2, "0");

/**
 * A number with four significant digits, without trailing zeros; large integers with separators.
 * @param value null: a metric that was not finite, which JSON cannot hold
 */
export function shortNumber(value: number | null): string {
  if (value === null) return "NaN";
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? value.toLocaleString("en-US") : value.toExponential(3);
  const size = Math.abs(value);
  if (size >= 1000 && size < 1e15) return Math.round(value).toLocaleString("en-US");
  return size >= 1e-3 && size < 1e15 ? String(Number(value.toPrecision(4))) : value.toExponential(2);
}

/**
 * A number that changes all the time, with four significant digits always: `4.300`, so that what
 * follows stays in its place.
 */
export function steadyNumber(value: number): string {
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1000 && !Number.isInteger(value) ? value.toPrecision(4) : shortNumber(value);
}

/** A large number in few characters: `847`, `7.9k`, `1.2M`. */
export function compactNumber(value: number): string {
  if (value < 1000) return shortNumber(Math.round(value));
  if (value < 999_950) return `${(value / 1000).toFixed(1)}k`;
  return `${(value / 1e6).toFixed(1)}M`;
}

/**
 * `loss 2.31  tokens 4,096`. At most `atMost` metrics, since a line is short; zeros then come last,
 * but not the first metric. An interval or a standard error follows its metric:
 * `winRate 0.62 (0.55–0.69)`, `kl 1.2 ± 0.1`.
 */
export function metricsText(metrics: Record<string, number>, atMost = Infinity): string {
  const entries = Object.entries(metrics).filter(([name]) => !isBeside(name, metrics));
  const isTelling = ([, value]: [string, number], i: number): boolean => value !== 0 || i === 0;
  const ordered = [...entries.filter(isTelling), ...entries.filter((entry, i) => !isTelling(entry, i))];
  return (entries.length > atMost ? ordered : entries)
    .slice(0, atMost)
    .map(([name, value]) => `${name} ${shortNumber(value)}${certainty(name, metrics)}`)
    .join("  ");
}

/** Suffixes of metrics that state the uncertainty of another metric. */
const besideNames = ["Low", "High", "Error"];

/** Whether a metric states the uncertainty of another one. */
export function isBeside(name: string, metrics: Record<string, number>): boolean {
  return besideNames.some((end) => name.endsWith(end) && metrics[name.slice(0, -end.length)] !== undefined);
}

/** The interval or the standard error of a metric, if it has one: ` (0.55–0.69)`, ` ± 0.1`. */
export function certainty(name: string, metrics: Record<string, number>): string {
  const [low, high, error] = besideNames.map((end) => metrics[name + end]);
  if (low !== undefined && high !== undefined) return ` (${shortNumber(low)}–${shortNumber(high)})`;
  return error === undefined ? "" : ` ± ${shortNumber(error)}`;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function ago(time: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - time.getTime()) / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / 60 / 24)} days ago`;
}

/** What is shown of a stage as its metrics: of a child, its outputs that are numbers. */
export function visibleMetrics({
  metrics,
  values = {},
}: Pick<StageState, "metrics" | "values">): Record<string, number> {
  const numbers = Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  return { ...metrics, ...Object.fromEntries(numbers) };
}
