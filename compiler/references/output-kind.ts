import type { ArtifactKind } from "../../schemas/artifact.js";
import { ExpressionProblem } from "../../expressions/problem.js";
import { references } from "../../expressions/references.js";
import type { Json, JsonObject } from "../../platform/json.js";
import type { Children } from "../children.js";
import { declaredOutputs, isStageType, outputKinds } from "../schema/forms.js";

/** The stages of a definition. */
interface KnownStages {
  /** As written. */
  stages: ReadonlyMap<string, JsonObject>;
  children: Children;
}

/**
 * The kind of a stage's output; of a matrix, that of each in its list. An output that is declared
 * by a reference has the kind of what it refers to.
 * @returns undefined if there is no such output, or if its kind is not known before the run
 */
export function kindOfOutput(
  known: KnownStages,
  id: string,
  name: string,
  seen: readonly string[] = [],
): ArtifactKind | undefined {
  const child = known.children.get(id);
  if (child !== undefined) return child.outputs[name]?.artifact;
  const { uses, with: settings } = known.stages.get(id) ?? {};
  if (!isStageType(uses) || seen.includes(id)) return undefined;
  const kind = outputKinds(uses, settings)[name];
  if (kind !== undefined) return kind;
  const [source] = outputsIn(declaredOutputs(uses, settings)[name] ?? null);
  return source === undefined ? undefined : kindOfOutput(known, source.stage, source.name, [...seen, id]);
}

/** The outputs that a value refers to. */
function outputsIn(declared: Json): { stage: string; name: string }[] {
  try {
    return references(declared).flatMap((reference) => (reference.kind === "output" ? [reference] : []));
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    return [];
  }
}
