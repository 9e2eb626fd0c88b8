import { isDeepStrictEqual } from "node:util";
import { parseCondition } from "../../expressions/condition.js";
import { expressionReferences, references, type Reference } from "../../expressions/references.js";
import { membersById, stagesToRun } from "../../schemas/matrix.js";
import type { Plan, PlannedStage } from "../../schemas/plan.js";
import type { StageState } from "../../schemas/run.js";
import { queuedState } from "../../workflows/board.js";

/** A run that is forked. */
export interface ForkedRun {
  runId: string;
  plan: Plan;
  /** The text that it was started from. */
  text: string;
  stages: readonly StageState[];
  /** Id of the store that its artifacts are in. */
  store?: string;
  priority?: number;
}

/**
 * The finished stages of a run that a fork takes over as they are: those that its edits do not
 * reach, neither directly nor through an input, the seed or a stage before them. Of a list that
 * they do not reach, all items, unfinished ones as queued.
 * @param after the fork's plan
 * @param from the stage that runs again, with all that follow it
 * @returns their states in the fork, by stage
 */
export function keptStages(run: ForkedRun, after: Plan, from?: string): Record<string, StageState> {
  const { runId, plan: before, stages: states } = run;
  const kept: Record<string, StageState> = {};
  if (before.seed !== after.seed) return kept;
  const earlier = new Map(stagesToRun(before.stages, states).map((stage) => [stage.id, stage]));
  const toRun = stagesToRun(after.stages, states);
  const members = membersById(toRun);
  for (const stage of toRun) {
    const state = states.find(({ id }) => id === stage.id);
    const was = earlier.get(stage.id);
    if (state === undefined || was === undefined || isNamed(stage, from)) continue;
    const finished = state.status === "succeeded" || state.status === "cached";
    const isReached =
      !isDeepStrictEqual(essence(was), essence(stage)) ||
      stageReferences(stage).some((reference) => isChanged(reference, before, after)) ||
      stage.needs.some((need) => members.get(need)!.some(({ id }) => kept[id]?.status !== "cached"));
    if (isReached) continue;
    if (finished) kept[stage.id] = takenOver(state, runId);
    // The states of its items are what a run knows about a list.
    else if (stage.foreach !== undefined && stage.member !== undefined) kept[stage.id] = queuedState(state);
  }
  return kept;
}

/** What a stage's result depends on; how it is retried, and where it runs, do not matter. */
const essence = ({ uses, with: settings, needs, if: condition, child, foreach, member }: PlannedStage) => ({
  uses,
  settings,
  needs,
  condition,
  items: foreach?.items,
  combination: member?.combination,
  child: child?.digest,
});

/** Whether a person means this stage by `from`: its id, or that of its matrix. */
const isNamed = ({ id, member }: PlannedStage, from: string | undefined): boolean =>
  from !== undefined && (id === from || member?.of === from);

function stageReferences(stage: PlannedStage): Reference[] {
  const { with: settings, foreach } = stage;
  return [
    ...references([settings, foreach?.items ?? null]),
    ...(stage.if === undefined ? [] : expressionReferences(parseCondition(stage.if))),
  ];
}

/** The id of a run is another in its fork. */
function isChanged(reference: Reference, before: Plan, after: Plan): boolean {
  if (reference.kind === "input")
    return !isDeepStrictEqual(before.inputs[reference.name], after.inputs[reference.name]);
  return reference.kind === "run" && (reference.name === "id" || before.name !== after.name);
}

function takenOver(
  { id, uses, combination, key, outputs, metrics, values, answers }: StageState,
  runId: string,
): StageState {
  const reason = `taken over from ${runId}`;
  return {
    id,
    uses,
    ...(combination && { combination }),
    status: "cached",
    attempts: 0,
    ...(key !== undefined && { key }),
    outputs,
    metrics,
    ...(values && { values }),
    ...(answers && { answers }),
    reason,
  };
}
