import type { JsonObject } from "../platform/json.js";
import type { DeclaredStage, Member, PlannedStage } from "./plan.js";

/** Maximum number of combinations of one matrix. */
export const mostCombinations = 1000;

/**
 * The stages that a run executes: in place of a stage with a matrix, one for each combination, `ID.1`, `ID.2` and so on. No
 * id of a definition contains a dot.
 */
export function stagesToRun(declared: readonly DeclaredStage[]): PlannedStage[] {
  return declared.flatMap(({ matrix, ...stage }) => {
    if (matrix === undefined) return [stage];
    const { combinations, ...rest } = matrix;
    return combinations.map((combination, i) => {
      const member: Member = { of: stage.id, combination, ...rest };
      return { ...stage, id: `${stage.id}.${i + 1}`, member };
    });
  });
}

/** The stages to run by the id in the definition: one or, for a matrix, one for each combination. */
export function membersById(stages: readonly PlannedStage[]): Map<string, PlannedStage[]> {
  const members = new Map<string, PlannedStage[]>();
  for (const stage of stages) {
    const declared = stage.member?.of ?? stage.id;
    const others = members.get(declared);
    if (others === undefined) members.set(declared, [stage]);
    else others.push(stage);
  }
  return members;
}

/** A combination as people read it: `rate 0.01, layers 2`. */
export function combinationText(combination: JsonObject): string {
  const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
  return Object.entries(combination)
    .map(([name, value]) => `${name} ${text(value)}`)
    .join(", ");
}
