import type { Json } from "../../platform/json.js";
import { mapBounded } from "../../platform/map-bounded.js";
import type { Plan } from "../../schemas/plan.js";
import type { RunState, StageState } from "../../schemas/run.js";
import { stagesToRun } from "../../schemas/matrix.js";
import { recordedResult } from "../../store/records/results.js";
import { findDefinition } from "../../store/records/runs.js";
import { readUndelivered, undeliveredText } from "../../store/records/tracking.js";
import { typeNames } from "../type-names.js";
import { ancestry, type ArtifactNode } from "./artifact-tree.js";
import { damagedText, readCurves, type Curve } from "./curves.js";
import { readEvaluated, withoutArtifact, type EvaluatedStage } from "./evaluations.js";
import { readFeatureTable, type FeatureTable } from "./feature-tables.js";
import { runMeasurements, type Measurement } from "./measurements.js";
import type { KnownRun } from "./known-run.js";
import { readRunSamples, type StageSample } from "./samples.js";
import { findFinalModel, readFinalModel, type FinalModel } from "./sources.js";
import { resultKeys, noEvents, readStageEvents, withEnds, type StageEvents } from "./stage-events.js";
import type { ResultRecord } from "../../store/records/record-types.js";

/** All that the store knows about a run, as JSON: what reports, the command line and pages show. */
export interface RunModel {
  runId: string;
  plan: Plan;
  status: RunState["status"];
  /** Why it failed, if no stage did. */
  failure?: RunState["failure"];
  startedAtMs: number;
  /** Absent while it is under way. */
  endedAtMs?: number;
  outputs: Readonly<Record<string, Json>>;
  measurements: { first: Measurement[]; others: Measurement[] };
  samples: StageSample[];
  stages: StageInRun[];
  curves: Curve[];
  evaluations: EvaluatedStage[];
  featureTables: FeatureTable[];
  model?: FinalModel;
  lineage?: ArtifactNode;
  /** The YAML text that it was started from; absent if the store does not have it. */
  definition?: string;
  /** What could not be read, one sentence each: nothing is left out silently. */
  problems: string[];
}

/** A stage, with what its log and its result say about it. */
export interface StageInRun {
  state: StageState;
  /** Its type, or the file of a stage of the project's own. */
  type: string;
  /** Ids, as in the definition. */
  needs: string[];
  /** Id in the definition: a stage of a matrix stands for one of its combinations. */
  declared: string;
  /** The key under which it has done its work, or has found its result. */
  key?: string;
  events: StageEvents;
  /** Its result, if the store has it. */
  result?: ResultRecord;
}

/** What a reader of the model wants of it. */
export interface ReadOptions {
  /** Parts of the steps of which each curve keeps the extremes; 0: without curves. */
  buckets: number;
  /** Maximum number of sampled prompts for a stage. */
  maxPrompts: number;
}

/** Files of stages that are read at the same time. */
const stagesAtOnce = 8;

/**
 * The model of a run, from the store alone: it needs no server. Artifacts and histories that are
 * missing or damaged become `problems`.
 * @throws PawlError STORE_UNREADABLE
 */
export async function readRunModel(
  home: string,
  { record, plan, note }: KnownRun,
  { buckets, maxPrompts }: ReadOptions,
): Promise<RunModel> {
  const { runId, outputs, status, startedAt, endedAt, failure } = record;
  const problems: string[] = note === undefined ? [] : [note];
  const problem = (error: unknown): void => void problems.push((error as Error).message);
  const stages = await readStages(home, runId, record.stages, plan, problem);
  const states = stages.map(({ state }) => state);
  const curves = buckets === 0 ? [] : await readAllCurves(home, stages, buckets, problem);
  const evaluated = states.filter((state) => state.outputs["evaluation"] !== undefined);
  const evaluations = await mapBounded(evaluated, stagesAtOnce, (state) =>
    readEvaluated(home, state).catch((error: unknown) => {
      problem(new Error(`${state.id}: ${(error as Error).message}`));
      return withoutArtifact(state);
    }),
  );
  const definition = await findDefinition(home, runId);
  const found = findFinalModel(outputs, states);
  const undelivered = (await readUndelivered(home, runId)).map(undeliveredText);
  const results = stages.flatMap(({ result }) => (result === undefined ? [] : [result]));
  return {
    ...{ runId, plan, status, outputs, startedAtMs: Date.parse(startedAt) },
    ...(endedAt !== undefined && { endedAtMs: Date.parse(endedAt) }),
    ...(failure && { failure }),
    measurements: runMeasurements(outputs, plan.outputs, states, new Set(curves.map(({ stage }) => stage))),
    samples: await readRunSamples(home, states, maxPrompts, problem),
    ...{ stages, curves, evaluations },
    featureTables: await readFeatureTables(home, states, problem),
    ...(found && { model: await readFinalModel(home, found, states, problem) }),
    ...(found && { lineage: ancestry(results, found.ref) }),
    ...(definition !== undefined && { definition }),
    problems: [...new Set([...problems, ...undelivered])],
  };
}

async function readStages(
  home: string,
  runId: string,
  known: readonly StageState[],
  plan: Plan,
  problem: (error: Error) => void,
): Promise<StageInRun[]> {
  let damaged = 0;
  const events = await readStageEvents(home, runId, undefined, (count) => (damaged += count));
  if (damaged > 0) problem(new Error(`skipped ${damaged} damaged lines of the run's log`));
  const keys = resultKeys(known, events);
  const states = new Map(known.map((state) => [state.id, state]));
  const typeName = typeNames(plan);
  return mapBounded(stagesToRun(plan.stages, known), stagesAtOnce, async ({ id, uses, needs, member }) => {
    const state = states.get(id) ?? { id, uses, status: "queued", attempts: 0, outputs: {}, metrics: {} };
    const key = keys.get(id);
    const result = key === undefined ? undefined : await recordedResult(home, key);
    return {
      ...{ state, needs, type: typeName(state), declared: member?.of ?? id },
      events: withEnds(events.get(id) ?? noEvents(), state),
      ...(key !== undefined && { key }),
      ...(result && { result }),
    };
  });
}

async function readAllCurves(
  home: string,
  stages: readonly StageInRun[],
  buckets: number,
  problem: (error: Error) => void,
): Promise<Curve[]> {
  const read = await mapBounded(stages, stagesAtOnce, async ({ state, events, key }) => {
    if (key === undefined) return [];
    const { curves, damaged } = await readCurves(home, state, key, events, buckets);
    if (damaged > 0) problem(new Error(damagedText(state.id, damaged)));
    return curves;
  });
  return read.flat();
}

async function readFeatureTables(
  home: string,
  states: readonly StageState[],
  problem: (error: unknown) => void,
): Promise<FeatureTable[]> {
  const tables: FeatureTable[] = [];
  for (const { id, outputs } of states)
    for (const ref of Object.values(outputs).filter(({ artifact }) => artifact === "table")) {
      const table = await readFeatureTable(home, id, ref).catch(problem);
      if (table) tables.push(table);
    }
  return tables;
}
