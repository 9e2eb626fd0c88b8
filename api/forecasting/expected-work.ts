import { greatest } from "../../platform/extremes.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import { membersById, stagesToRun } from "../../schemas/matrix.js";
import type { StageState } from "../../schemas/run.js";
import { newestRecords } from "../../store/records/runs.js";
import type { Expected, ExpectedWork } from "../../report/expected-work.js";
import type { StageForecast } from "./forecast.js";
import { workCost, readRates, type Rates } from "../reading/rates.js";
import type { RunRecord } from "../../store/records/record-types.js";

/** Earlier runs that are looked at, the newest, and records that are read to find them. */
const looked = { most: 10, read: 100 };

export interface PlannedWork {
  stages: StageForecast[];
  work?: ExpectedWork;
}

/**
 * How long the stages that would run took in the newest runs of a pipeline of the same name. Their
 * settings may have been others then.
 * @param project the project directory, which may have rates
 * @returns the forecasts, those of such stages with `expectedMs`; and the sum, undefined if nothing
 *   would run or has run
 * @throws PawlError of `readRates`
 */
export async function expectedWork(
  home: string,
  plan: Plan,
  forecasts: readonly StageForecast[],
  project: string,
): Promise<PlannedWork> {
  const rates = await readRates(project);
  if (!forecasts.some(({ verdict }) => verdict === "will run")) return { stages: [...forecasts] };
  const records = await newestRecords(home, ({ pipeline }) => pipeline === plan.name, looked);
  const times = workedTimes(records);
  const toRun = stagesToRun(plan.stages, []);
  const planned = new Map(toRun.map((stage) => [stage.id, stage]));
  const stages = forecasts.map((one) => {
    const expectedMs = one.verdict === "will run" ? summarizeTimes(times.get(one.stage) ?? []) : undefined;
    return expectedMs === undefined ? one : { ...one, expectedMs };
  });
  const known = stages.filter(({ expectedMs }) => expectedMs !== undefined);
  if (known.length === 0) return { stages };
  const unknown = stages.filter(({ verdict }) => verdict === "will run").length - known.length;
  const ids = new Set(known.map(({ stage }) => stage));
  const runs = records.filter(({ stages: ran }) =>
    ran.some((state) => ids.has(state.id) && workedTime(state) !== undefined),
  );
  const ms = sum(known.map(({ expectedMs }) => expectedMs!));
  const cost = rates && costOfAll(known, planned, rates);
  const usual = new Map(known.map(({ stage, expectedMs }) => [stage, expectedMs!.usual]));
  const criticalMs = criticalPathMs(toRun, usual);
  return { stages, work: { ms, longestMs: criticalMs, unknown, runs: runs.length, ...(cost && { cost }) } };
}

/**
 * The time of the longest chain of stages of which each needs the one before.
 * @param times of stages; others take none
 */
function criticalPathMs(stages: readonly PlannedStage[], times: ReadonlyMap<string, number>): number {
  const members = membersById(stages);
  const ends = new Map<string, number>();
  for (const { id, needs } of stages) {
    const needed = needs.flatMap((need) => members.get(need) ?? []);
    const start = needed.reduce((latest, need) => Math.max(latest, ends.get(need.id)!), 0);
    ends.set(id, start + (times.get(id) ?? 0));
  }
  return greatest(ends.values());
}

/** Time of a stage that has succeeded in a worker process, ms. */
const workedTime = ({ status, workedMs }: StageState): number | undefined =>
  status === "succeeded" ? workedMs : undefined;

/** Times of stages that have succeeded, by their ids. */
function workedTimes(records: readonly RunRecord[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const state of records.flatMap(({ stages }) => stages)) {
    const ms = workedTime(state);
    if (ms !== undefined) times.set(state.id, [...(times.get(state.id) ?? []), ms]);
  }
  return times;
}

function summarizeTimes(times: readonly number[]): Expected | undefined {
  if (times.length === 0) return undefined;
  const sorted = [...times].sort((a, b) => a - b);
  return { least: sorted[0]!, usual: sorted[Math.floor((sorted.length - 1) / 2)]!, most: sorted.at(-1)! };
}

const sum = (all: readonly Expected[]): Expected => ({
  least: all.reduce((total, { least }) => total + least, 0),
  usual: all.reduce((total, { usual }) => total + usual, 0),
  most: all.reduce((total, { most }) => total + most, 0),
});

/** Undefined if the rates lack one that is needed. */
function costOfAll(
  known: readonly StageForecast[],
  planned: ReadonlyMap<string, PlannedStage>,
  rates: Rates,
): (Expected & { currency: string }) | undefined {
  const costs = known.map(({ stage, expectedMs }) => {
    const of = (ms: number): number => workCost(rates, planned.get(stage), ms) ?? NaN;
    return { least: of(expectedMs!.least), usual: of(expectedMs!.usual), most: of(expectedMs!.most) };
  });
  const all = sum(costs);
  return Number.isNaN(all.usual) ? undefined : { ...all, currency: rates.currency };
}
