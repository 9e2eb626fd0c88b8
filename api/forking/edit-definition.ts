import { isDeepStrictEqual } from "node:util";
import { stringify } from "yaml";
import { definitionWithIncluded } from "../../compiler/definition/include.js";
import type { ReadDefinition } from "../../compiler/children.js";
import { readSource } from "../../compiler/definition/source.js";
import { proposal } from "../../expressions/nearest.js";
import { references } from "../../expressions/references.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, type Json, type JsonObject, mergePatch } from "../../platform/json.js";
import type { PlannedStage } from "../../schemas/plan.js";
import { inputSchemas } from "../definitions/input-schemas.js";
import { settingValue, splitAssignment } from "../definitions/assignments.js";

/** What a fork changes in a run's definition. */
export interface Edits {
  /** Assignments such as `stages.base.with.steps=500`; null removes a key. */
  set: readonly string[];
  /** Changes of stages that came with `pawl retry`, by stage, in order. */
  changes: Readonly<Record<string, readonly JsonObject[]>>;
  /** The stage to rerun, even if its key has a result. */
  from?: string;
}

/**
 * A definition in which the stages of the files that it includes stand themselves, so that edits
 * reach them.
 */
export async function withoutIncludes(text: string, read: ReadDefinition): Promise<string> {
  const value = readDefinition(text);
  return value?.["include"] === undefined ? text : stringify(await definitionWithIncluded(value, read));
}

/**
 * A definition with a fork's edits: the text itself if there are none, else written anew, with
 * aliases expanded and without comments.
 * @throws PawlError NOT_ALLOWED, UNKNOWN_REFERENCE
 */
export function editedDefinition(text: string, edits: Edits): string {
  const value = readDefinition(text);
  // The compiler reports problems.
  if (value === undefined) return text;
  let edited: JsonObject = value;
  for (const [stage, changes] of Object.entries(edits.changes)) {
    refuseCombination(stage, edited);
    for (const change of changes) edited = mergePatch(edited, { stages: { [stage]: { with: change } } });
  }
  for (const assignment of edits.set) edited = mergePatch(edited, parseAssignment(assignment, edited));
  if (edits.from !== undefined) {
    refuseUnknownStage(edits.from, edited, `--from ${edits.from}`);
    edited = mergePatch(edited, { stages: { [edits.from]: { cache: false } } });
  }
  return edited === value ? text : stringify(edited);
}

/** A definition cannot express a change of one combination of a matrix. */
function refuseCombination(stage: string, { stages }: JsonObject): void {
  if (isObject(stages) && Object.hasOwn(stages, stage)) return;
  throw new PawlError(
    "NOT_ALLOWED",
    `the settings of ${stage} were changed when it was parked, which no definition says`,
    {
      where: `stages.${stage}`,
      expected: "changes of whole stages",
      next: "write what should run into a file, and fork with --file",
    },
  );
}

/**
 * A definition that has no stages but one and those that lead to it, and no outputs that refer to
 * others.
 * @param stages of the compiled definition
 * @throws PawlError UNKNOWN_REFERENCE
 */
export function reducedDefinition(text: string, only: string, stages: readonly PlannedStage[]): string {
  const value = readDefinition(text)!;
  refuseUnknownStage(only, value, `--only ${only}`);
  const kept = new Set([only]);
  // Each stage comes after its needs.
  for (const { id, needs } of stages.toReversed()) if (kept.has(id)) for (const need of needs) kept.add(need);
  return stringify(reducedTo(value, kept));
}

/**
 * The values of inputs that a run was given, as far as they differ from the defaults in its
 * definition.
 */
export function givenInputs(text: string, inputs: JsonObject): JsonObject {
  const schemas = inputSchemas(text);
  const usual = (name: string): Json | undefined => {
    const schema = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
    return isObject(schema) ? schema["default"] : undefined;
  };
  return Object.fromEntries(Object.entries(inputs).filter(([name, value]) => !isDeepStrictEqual(value, usual(name))));
}

/** Names of the inputs that a definition declares. */
export function declaredInputs(text: string): string[] {
  return Object.keys(inputSchemas(text));
}

function readDefinition(text: string): JsonObject | undefined {
  const value = readSource(text).source?.value;
  return isObject(value) ? value : undefined;
}

/** `a.b.c=value` as a merge patch. A list is replaced as a whole. */
function parseAssignment(assignment: string, definition: JsonObject): JsonObject {
  const [key, text] = splitAssignment(assignment, "--set");
  const names = key.split(".");
  if (names.length < 2 || names.some((name) => name === ""))
    throw new PawlError("NOT_ALLOWED", `--set ${key} does not name a setting of the definition`, {
      expected: "--set stages.STAGE.with.NAME=VALUE",
      got: key,
      next: `write --set stages.STAGE.with.${names.at(-1) || "NAME"}=${text}; inputs are changed by --input`,
    });
  if (names[0] === "stages") refuseUnknownStage(names[1]!, definition, `--set ${key}`);
  return names.reduceRight<Json>((inner, name) => ({ [name]: inner }), settingValue(text, key)) as JsonObject;
}

function refuseUnknownStage(stage: string, { stages }: JsonObject, option: string): void {
  const known = isObject(stages) ? Object.keys(stages) : [];
  if (known.includes(stage)) return;
  throw new PawlError("UNKNOWN_REFERENCE", `${option}: there is no stage ${stage}`, {
    expected: known.join(", "),
    got: stage,
    next: proposal(stage, known, "declare it under `stages`"),
  });
}

/** The definition with these stages only, and with the outputs that refer to no other. */
function reducedTo(definition: JsonObject, kept: ReadonlySet<string>): JsonObject {
  const { stages, outputs, ...rest } = definition;
  const isKept = (value: Json): boolean =>
    references(value).every((reference) => !("stage" in reference) || kept.has(reference.stage));
  const filtered = (map: Json | undefined, keep: (entry: [string, Json]) => boolean): JsonObject =>
    Object.fromEntries(isObject(map) ? Object.entries(map).filter(keep) : []);
  return {
    ...rest,
    stages: filtered(stages, ([id]) => kept.has(id)),
    ...(outputs !== undefined && { outputs: filtered(outputs, ([, value]) => isKept(value)) }),
  };
}
