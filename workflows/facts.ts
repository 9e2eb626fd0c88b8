import type { StageFacts } from "../expressions/evaluate.js";
import { isArtifact } from "../schemas/foreach.js";
import { awaitsItems, membersById } from "../schemas/matrix.js";
import type { Json, JsonObject } from "../platform/json.js";
import type { ArtifactRef } from "../schemas/artifact.js";
import type { PlannedStage } from "../schemas/plan.js";
import type { StageClaim, StageState } from "../schemas/run.js";
import { hasEnded, matrixStatus } from "./schedule.js";

/**
 * What expressions see of the stages that have ended, by their ids in the definition: a matrix once
 * all its combinations have ended, with a list for each output and metric that one of them has.
 */
export function stageFacts(
  stages: readonly PlannedStage[],
  states: Readonly<Record<string, StageClaim>>,
): Record<string, StageFacts> {
  const facts: Record<string, StageFacts> = {};
  for (const [id, members] of membersById(stages)) {
    if (!members.every((stage) => hasEnded(states[stage.id]!.status))) continue;
    facts[id] = toStageFacts(
      members[0]!,
      members.map((stage) => states[stage.id]!),
    );
  }
  return facts;
}

function toStageFacts(stage: PlannedStage, states: readonly StageClaim[]): StageFacts {
  if (stage.member !== undefined) return matrixFacts(states);
  const state = states[0]!;
  const isEmptyList = awaitsItems(stage) && state.status === "succeeded";
  return { ...state, outputs: namedOutputs(state), ...(isEmptyList && { isEmptyList }) };
}

function matrixFacts(members: readonly StageClaim[]): StageFacts {
  return {
    status: matrixStatus(members.map(({ status }) => status)),
    outputs: listed(members.map(namedOutputs)),
    metrics: listed(members.map(({ metrics }) => metrics)),
    answers: listed(members.map(({ answers }) => answers ?? {})),
  };
}

/** Returns a stage's artifacts and, for a child, its other values. */
const namedOutputs = ({ outputs, values }: StageClaim): Record<string, ArtifactRef | Json> =>
  values === undefined ? outputs : { ...outputs, ...values };

/** By name, the values of all records in their order; null where a record lacks the name. */
function listed<T>(records: readonly Readonly<Record<string, T>>[]): Record<string, (T | null)[]> {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
  return Object.fromEntries(names.map((name) => [name, records.map((record) => record[name] ?? null)]));
}

/** The outputs of a child as those of the stage: artifacts, and other values. */
export function childOutputs(outputs: JsonObject): Pick<StageState, "outputs" | "values"> {
  const entries = Object.entries(outputs);
  const artifacts = entries.filter((entry): entry is [string, Json & ArtifactRef] => isArtifact(entry[1]));
  const values = entries.filter(([, value]) => !isArtifact(value));
  return {
    outputs: Object.fromEntries(artifacts),
    ...(values.length > 0 && { values: Object.fromEntries(values) }),
  };
}
