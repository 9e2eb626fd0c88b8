import type { Json, JsonObject } from "../platform/json.js";
import type { DeclaredStage, MatrixPlan, Member, PlannedStage } from "./plan.js";
import type { StageState } from "./run.js";

/** Maximum number of combinations of one matrix. */
export const maxCombinations = 1000;

/** A combination as the state of its stage holds it. */
type KnownMember = Pick<StageState, "id" | "combination">;

/**
 * The stages that a run executes: in place of a stage with a matrix, one for each combination,
 * `ID.1`, `ID.2` and so on. No id of a definition contains a dot. A stage with `foreach` is one
 * stage until the run knows its list, then one for each item.
 * @param known states of the run's stages: those of items hold the list
 */
export function stagesToRun(declared: readonly DeclaredStage[], known: readonly KnownMember[] = []): PlannedStage[] {
  const found = declared.some(({ foreach }) => foreach !== undefined) ? knownCombinations(known) : undefined;
  return declared.flatMap(({ matrix, ...stage }) => {
    const { foreach } = stage;
    if (foreach === undefined) return matrix === undefined ? [stage] : matrixMembers(stage, matrix);
    const { items: _items, maxItems: _maxItems, ...rest } = foreach;
    const combinations = found?.get(stage.id) ?? [];
    return combinations.length === 0 ? [stage] : matrixMembers(stage, { combinations, ...rest });
  });
}

function matrixMembers(stage: PlannedStage, { combinations, ...rest }: MatrixPlan): PlannedStage[] {
  return combinations.map((combination, i) => {
    const member: Member = { of: stage.id, combination, ...rest };
    return { ...stage, id: memberId(stage.id, i), member };
  });
}

/** The id of a combination. @param index from 0 */
const memberId = (of: string, index: number): string => `${of}.${index + 1}`;

/** The combinations of each stage, by its id, in the order of their index. */
function knownCombinations(known: readonly KnownMember[]): Map<string, JsonObject[]> {
  const found = new Map<string, JsonObject[]>();
  for (const { id, combination } of known) {
    const end = id.indexOf(".");
    if (combination === undefined || end === -1) continue;
    const of = id.slice(0, end);
    const others = found.get(of);
    if (others === undefined) found.set(of, [combination]);
    else others.push(combination);
  }
  for (const combinations of found.values()) combinations.sort((a, b) => Number(a["index"]) - Number(b["index"]));
  return found;
}

/** Whether a stage has a list that the run does not know yet. */
export const awaitsItems = ({ foreach, member }: PlannedStage): boolean =>
  foreach !== undefined && member === undefined;

/** Returns the items of a list that the run knows, from the states of their stages. */
export function itemMembers(of: string, items: readonly Json[]): Required<KnownMember>[] {
  return items.map((item, index) => ({ id: memberId(of, index), combination: { item, index } }));
}

/** What `membersById` has found; a list of stages does not change. */
const known = new WeakMap<readonly PlannedStage[], ReadonlyMap<string, PlannedStage[]>>();

/**
 * The stages to run by the id in the definition: one or, for a matrix, one for each combination.
 */
export function membersById(stages: readonly PlannedStage[]): ReadonlyMap<string, PlannedStage[]> {
  const found = known.get(stages) ?? findMembers(stages);
  known.set(stages, found);
  return found;
}

function findMembers(stages: readonly PlannedStage[]): ReadonlyMap<string, PlannedStage[]> {
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
