import { isDeepStrictEqual } from "node:util";
import { mergePatch, type Json, type JsonObject } from "../../platform/json.js";
import { stagesToRun } from "../../schemas/matrix.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import { childRunId, type StageState } from "../../schemas/run.js";
import { explainDefinition } from "../../store/changes/definition-changes.js";
import { explainChange } from "../../store/changes/reasons.js";
import type { RunModel } from "./model.js";
import type { StageSample } from "./samples.js";
import { visibleMetrics } from "../values.js";
import type { ResultRecord } from "../../store/records/record-types.js";

/** The facts about a run that is compared with another. */
export interface ComparedRun {
  runId: string;
  plan: Plan;
  stages: readonly StageState[];
  /** Results of its stages by stage, as far as they are in the store. */
  results: Readonly<Record<string, ResultRecord>>;
  samples: readonly StageSample[];
}

/** A run's model as the comparison takes it. */
export const asCompared = ({ runId, plan, stages, samples }: RunModel): ComparedRun => ({
  ...{ runId, plan, samples, stages: stages.map(({ state }) => state) },
  results: Object.fromEntries(
    stages.flatMap(({ state, result }) => (result === undefined ? [] : [[state.id, result]])),
  ),
});

/** A pair of values, of the first and of the second run; absent if a run has none. */
export type Pair<T> = [before: T | undefined, after: T | undefined];

/** How the second run differs from the first one. */
export interface RunDifference {
  runs: [string, string];
  /** Of the runs as a whole: pipeline, seed, inputs. */
  changes: string[];
  stages: StageDifference[];
}

export interface StageDifference {
  stage: string;
  /** Whether both runs have the stage, with equal results; without results, with equal settings. */
  equal: boolean;
  status: Pair<string>;
  /**
   * Why the results have different keys: settings, inputs, versions, sources. Without both results:
   * other settings.
   */
  changes: string[];
  /** Metrics that differ. */
  metrics: Record<string, Pair<number>>;
  /** Digests of outputs that differ. */
  outputs: Record<string, Pair<string>>;
  /** What both wrote for the same prompt, where it differs. */
  samples: { prompt: string; texts: Pair<string> }[];
}

const plannedStages = ({ plan, stages }: ComparedRun): PlannedStage[] => stagesToRun(plan.stages, stages);

/**
 * Compares two runs, stage by stage, in the order of the second run; stages of the first run alone
 * come last.
 */
export function compareRuns(before: ComparedRun, after: ComparedRun): RunDifference {
  const ids = [...new Set([after, before].flatMap(plannedStages).map(({ id }) => id))];
  return {
    runs: [before.runId, after.runId],
    changes: [
      ...changed("pipeline", before.plan.name, after.plan.name),
      ...changed("seed", before.plan.seed, after.plan.seed),
      ...unionKeys(before.plan.inputs, after.plan.inputs).flatMap((name) =>
        changed(`inputs.${name}`, before.plan.inputs[name], after.plan.inputs[name]),
      ),
    ],
    stages: ids.map((id) => compareStage(id, before, after)),
  };
}

function compareStage(id: string, before: ComparedRun, after: ComparedRun): StageDifference {
  const [was, is] = [before, after].map(({ stages }) => stages.find((stage) => stage.id === id));
  const [wasResult, isResult] = [before.results[id], after.results[id]];
  const metrics = differing(was ? visibleMetrics(was) : {}, is ? visibleMetrics(is) : {});
  const outputs = differing(digests(was), digests(is));
  const status: Pair<string> = [outcome(was), outcome(is)];
  const isDone = wasResult !== undefined && isResult !== undefined;
  const definition = isDone ? [] : definitionChanges(id, before, after);
  return {
    stage: id,
    equal:
      status[0] === status[1] &&
      Object.keys({ ...metrics, ...outputs }).length === 0 &&
      (status[0] === "succeeded" || definition.length === 0),
    status,
    changes: isDone ? explainChange(wasResult, isResult) : [...definition, ...childChanges(id, before, after)],
    metrics,
    outputs,
    samples: comparedSamples(id, before.samples, after.samples),
  };
}

/** What is written differently about a stage, also what `pawl retry --set` has changed. */
function definitionChanges(id: string, before: ComparedRun, after: ComparedRun): string[] {
  const [was, is] = [before, after].map((run) => {
    const stage = plannedStages(run).find((one) => one.id === id);
    const changes = run.stages.find((one) => one.id === id)?.changes ?? [];
    return stage && { ...stage, with: changes.reduce(mergePatch, stage.with) };
  });
  return was === undefined || is === undefined ? [] : explainDefinition(was, is);
}

/** Why a stage that runs a pipeline may have another result. */
function childChanges(id: string, before: ComparedRun, after: ComparedRun): string[] {
  const [was, is] = [before, after].map((run) => plannedStages(run).find((stage) => stage.id === id));
  if (was?.child === undefined || is?.child === undefined) return [];
  const isOther = was.child.digest !== is.child.digest;
  return [
    ...(isOther ? [`the pipeline ${is.child.name} has changed`] : []),
    `its stages: pawl diff ${childRunId(before.runId, id)} ${childRunId(after.runId, id)}`,
  ];
}

/** A stage's status, where a cached result counts as succeeded. */
function outcome(stage: StageState | undefined): string | undefined {
  return stage?.status === "cached" ? "succeeded" : stage?.status;
}

/** Digests of artifacts and, of a child, other values that are no numbers. */
function digests(stage: StageState | undefined): Record<string, string> {
  const artifacts = Object.entries(stage?.outputs ?? {}).map(([name, { digest }]) => [name, digest]);
  const values = Object.entries(stage?.values ?? {}).filter(([, value]) => typeof value !== "number");
  return Object.fromEntries([...artifacts, ...values.map(([name, value]) => [name, JSON.stringify(value)])]) as Record<
    string,
    string
  >;
}

/** The values of two records that differ, by name. */
function differing<T>(
  before: Readonly<Record<string, T>>,
  after: Readonly<Record<string, T>>,
): Record<string, Pair<T>> {
  const names = unionKeys(before, after).filter((name) => before[name] !== after[name]);
  return Object.fromEntries(names.map((name) => [name, [before[name], after[name]]]));
}

const unionKeys = (before: object, after: object): string[] => [
  ...new Set([...Object.keys(after), ...Object.keys(before)]),
];

function changed(what: string, was: Json | undefined, is: Json | undefined): string[] {
  if (isDeepStrictEqual(was, is)) return [];
  if (was === undefined) return [`${what} is new: ${JSON.stringify(is)}`];
  if (is === undefined) return [`${what} no longer exists, was ${JSON.stringify(was)}`];
  return [`${what} is now ${JSON.stringify(is)}, was ${JSON.stringify(was)}`];
}

function comparedSamples(
  id: string,
  before: readonly StageSample[],
  after: readonly StageSample[],
): StageDifference["samples"] {
  const texts = (samples: readonly StageSample[]): JsonObject =>
    Object.fromEntries(samples.filter(({ stage }) => stage === id).map(({ prompt, text }) => [prompt, text]));
  const [was, is] = [texts(before), texts(after)];
  return Object.entries(differing(was, is))
    .filter(([, [one, other]]) => one !== undefined && other !== undefined)
    .map(([prompt, pair]) => ({ prompt, texts: pair as Pair<string> }));
}
