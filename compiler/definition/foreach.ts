import type { Json, JsonObject } from "../../platform/json.js";
import { isArtifact, listFacts, listKinds, listProblem, usualMaxItems } from "../../schemas/foreach.js";
import type { StageDefinition } from "../../schemas/pipeline.js";
import type { ForeachPlan } from "../../schemas/plan.js";
import type { Problem } from "../problem.js";
import type { Replacement, Resolved } from "../references/resolve.js";
import type { Path } from "../schema/schema.js";
import type { StandIn } from "../references/stand-in.js";

/** What a plan keeps of `foreach`. */
export function foreachPlan({ items, ...options }: NonNullable<StageDefinition["foreach"]>): ForeachPlan {
  return { items: items as Json, maxItems: usualMaxItems, failFast: true, ...options };
}

/** What is known about the list of a stage before the run. */
export interface FoundList {
  problems: Problem[];
  /** The items, if all are known and valid. */
  items?: Json[];
  /** The stand-in for every item, if its type is known. */
  item?: Replacement;
}

/**
 * Checks what is known before the run about the list of a stage with `foreach`.
 * @param resolved the list, its expressions replaced @param path of the list
 */
export function checkList({ value, standIns }: Resolved, form: JsonObject, path: Path): FoundList {
  const open = standIns.filter(({ kind }) => kind !== "known");
  const [only] = open;
  if (only !== undefined && only.path.length === path.length) return checkWhole(only, value, path);
  if (isArtifact(value)) return { problems: kindProblems(value.artifact, value.artifact, path) };
  const { maxItems } = form;
  const problem = listProblem(value, { maxItems: typeof maxItems === "number" ? maxItems : usualMaxItems });
  if (problem !== undefined) {
    const { facts, ...fields } = problem;
    return { problems: [{ path, ...fields, ...facts }] };
  }
  return { problems: [], ...(open.length === 0 && { items: value as Json[] }) };
}

/** The list is one expression, whose value is known at run time. */
function checkWhole(standIn: StandIn, value: Json, path: Path): FoundList {
  const { kind, artifact, text } = standIn;
  switch (kind) {
    case "number":
    case "text":
      return {
        problems: [wrong("WRONG_TYPE", `must be a list, got ${kind === "text" ? kind : "a number"}`, text, path)],
      };
    case "artifact":
      return { problems: kindProblems(artifact!.kind, artifact!.reference, path) };
    case "artifacts":
      return { problems: [], item: { kind: "artifact", artifact: artifact!, value: (value as Json[])[0]! } };
    case "numbers":
      return { problems: [], item: { kind: "number", value: 0 } };
    case "known":
    case "unknown":
      return { problems: [] };
  }
}

function kindProblems(kind: string, text: string, path: Path): Problem[] {
  if (listKinds.some((known) => known === kind)) return [];
  return [wrong("WRONG_ARTIFACT", `must be ${listFacts.expected}, got ${text} of kind ${kind}`, text, path)];
}

const wrong = (code: Problem["code"], message: string, got: string, path: Path): Problem => ({
  ...{ code, path, message, got },
  ...listFacts,
});

/** `foreach` as a mapping: text alone is its list. */
export const foreachForm = (written: Json): Json => (typeof written === "string" ? { items: written } : written);

/** A stage with both has no combinations. */
export function bothProblem(path: Path): Problem {
  return {
    code: "NOT_ALLOWED",
    path: [...path, "foreach"],
    at: "key",
    message: "cannot be combined with matrix",
    expected: "matrix, or foreach",
    got: "both",
    next: "remove one of them; for both, let a child pipeline have the other",
  };
}
