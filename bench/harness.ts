import { mkdirSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import Table from "cli-table3";
import { installed, packageRoot } from "../platform/program/locations.js";

/** One metric of a bench, and what it must reach. */
export interface Row {
  what: string;
  unit: string;
  ours: number;
  /** The peer's metric; null if there is no peer here. */
  peer: number | null;
  /** Quartiles of the values whose medians are `ours` and `peer`, if they were kept. */
  spread?: { ours: Spread; peer: Spread | null };
  /** ours / peer */
  ratio: number | null;
  /** Which number `atLeast` and `aim` bound, and on which side. */
  bounds: "ratio" | "ours";
  better: "lower" | "higher";
  /** null: told only, without a bound. */
  atLeast: number | CommitBound | null;
  aim: number;
  /**
   * Whether `atLeast` is reached; null if it cannot be known here: without the peer, or for a bound
   * over another commit.
   */
  holds: boolean | null;
}

/**
 * A bound on `ours` over another commit's on the same machine:
 * `npm run bench -- against COMMIT NAME` measures it.
 */
export interface CommitBound {
  commit: string;
  /** ours / theirs; 1: not slower. */
  times: number;
}

/** Lower and upper quartile. */
export type Spread = [low: number, high: number];

/** Completes a row: the ratio, and whether it holds. */
export function row(metric: Omit<Row, "peer" | "ratio" | "holds"> & { peer?: number | undefined }): Row {
  const peer = metric.peer ?? null;
  const ratio = peer === null ? null : metric.ours / peer;
  const value = metric.bounds === "ratio" ? ratio : metric.ours;
  const { atLeast, better } = metric;
  const known = value !== null && typeof atLeast === "number";
  return { ...metric, peer, ratio, holds: known ? reaches(value, atLeast, better) : null };
}

export const reaches = (value: number, bound: number, better: Row["better"]): boolean =>
  better === "lower" ? value <= bound : value >= bound;

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export const quartiles = (values: readonly number[]): Spread => [quantile(values, 0.25), quantile(values, 0.75)];

/**
 * Between two values it lies on the line that joins them (Hyndman & Fan 1996, definition 7). NaN of
 * no values.
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  return below + (place % 1) * ((sorted[Math.ceil(place)] ?? NaN) - below);
}

/**
 * Lets contestants take turns, so that whatever else the machine does affects all of them alike.
 * @param contestants by name: each measures a few times and returns what it measured
 * @returns what each measured
 */
export async function takeTurns<N extends string, T>(
  rounds: number,
  contestants: Record<N, () => Promise<T[]> | T[]>,
): Promise<Record<N, T[]>> {
  const names = Object.keys(contestants) as N[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<N, T[]>;
  for (let round = 0; round < rounds; round++)
    for (const name of names) measured[name].push(...(await contestants[name]()));
  return measured;
}

/** As `takeTurns`, with the median of each. */
export async function interleaved<N extends string>(
  rounds: number,
  contestants: Record<N, () => Promise<number[]> | number[]>,
): Promise<Record<N, number>> {
  const measured = Object.entries<number[]>(await takeTurns(rounds, contestants));
  return Object.fromEntries(measured.map(([name, values]) => [name, median(values)])) as Record<N, number>;
}

/** The machine and the versions that a result belongs to. */
function machine(): Record<string, string | number> {
  return {
    processor: os.cpus()[0]?.model.trim() ?? "unknown",
    threads: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    loadBefore: loadAtStart,
    loadAfter: loadNow(),
    node: process.version,
    tensorflow: installed()?.tensorflow?.version ?? "none",
    temporal: installed()?.temporal.version ?? "none",
  };
}

const loadNow = (): number => Math.round(os.loadavg()[0]! * 100) / 100;
const loadAtStart = loadNow();

/** What was measured, and on what: in one line, once. */
function header(name: string, versions: Record<string, string>): string {
  const { processor, threads, memoryGiB, loadBefore, loadAfter, node, tensorflow, temporal } = machine();
  const all = { TensorFlow: tensorflow, Temporal: temporal, ...versions };
  const named = Object.entries(all).map(([what, version]) => `${what} ${version}`);
  const load = `load ${loadBefore} before, ${loadAfter} after`;
  return `${name}: ${[processor, `${threads} threads`, `${memoryGiB} GiB`, `Node ${node}`, ...named, load].join(", ")}`;
}

/**
 * Prints what it ran on and the table, writes bench/results/NAME.json, and sets a non-zero exit
 * code if a row does not hold.
 */
export function report(name: string, rows: readonly Row[], versions: Record<string, string> = {}): void {
  const table = new Table({
    head: ["what", "ours", "peer", "ratio", "at least", "aim", "holds"],
    style: { head: [], border: [] },
  });
  for (const r of rows) {
    const sign = r.better === "lower" ? "≤" : "≥";
    const unit = r.bounds === "ratio" ? "×" : ` ${r.unit}`;
    const atLeast =
      r.atLeast === null
        ? "–"
        : `${sign} ${typeof r.atLeast === "number" ? `${bound(r.atLeast)}${unit}` : `${r.atLeast.times}× ${r.atLeast.commit}`}`;
    table.push([
      r.what,
      `${shown(r.ours)} ${r.unit}${spreadText(r.spread?.ours)}`,
      r.peer === null ? "not here" : `${shown(r.peer)} ${r.unit}${spreadText(r.spread?.peer)}`,
      r.ratio === null ? "–" : `${shown(r.ratio)}×`,
      atLeast,
      `${sign} ${bound(r.aim)}${unit}`,
      r.atLeast === null ? "–" : typeof r.atLeast === "number" ? holdsText(r.holds) : "bench against",
    ]);
  }
  process.stdout.write(`${header(name, versions)}\n${table.toString()}\n`);
  writeResult(name, { versions, rows });
  if (rows.some((r) => r.holds === false)) process.exitCode = 1;
}

/** Writes bench/results/NAME.json, with the machine it was measured on. */
export function writeResult(name: string, result: object): void {
  const directory = path.join(packageRoot(), "bench", "results");
  mkdirSync(directory, { recursive: true });
  const text = JSON.stringify({ bench: name, machine: machine(), ...result }, null, 2);
  writeFileSync(path.join(directory, `${name}.json`), `${text}\n`);
}

export const holdsText = (holds: boolean | null): string => (holds === null ? "unknown" : holds ? "yes" : "NO");

const spreadText = (spread: Spread | null | undefined): string =>
  spread ? ` (${shown(spread[0])} to ${shown(spread[1])})` : "";

/** At most three significant digits, without zeros at the end. */
const bound = (value: number): string => String(Number(value.toPrecision(3)));

/** Three significant digits. */
export function shown(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
