import type { Plan } from "../schemas/plan.js";

/**
 * What a stage uses, as its definition has it: a type, or the file of a stage of the project's own.
 */
export type TypeName = (stage: { id: string; uses: string }) => string;

/** The names of types in a run or a forecast. @param plan absent: the types themselves */
export function typeNames(plan: Pick<Plan, "stages"> | undefined): TypeName {
  const own = (plan?.stages ?? []).filter(({ ownSettings }) => ownSettings !== undefined);
  const files = new Map(own.map((stage) => [stage.id, stage.with["file"] as string]));
  // The id of a combination of a matrix is that of the stage with a number.
  return ({ id, uses }) => files.get(id.split(".")[0]!) ?? uses;
}
