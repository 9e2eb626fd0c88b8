import { parseCondition } from "../../expressions/condition.js";
import { ExpressionProblem } from "../../expressions/problem.js";
import { expressionReferences, references, type Reference } from "../../expressions/references.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, mapTexts, type Json, type JsonObject } from "../../platform/json.js";
import { append } from "../../platform/lists.js";
import type { DefinitionFiles } from "../../schemas/plan.js";
import { Library, readingProblem, type ReadDefinition } from "../children.js";
import { locate, type LocatedError } from "../errors.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";
import { readSource, type Source } from "./source.js";

/** A definition with the stages of the files that it includes. */
export interface Included {
  value: Json;
  /** Where included stages come from, by id. */
  origins: ReadonlyMap<string, Origin>;
  /** In the definition. */
  problems: Problem[];
  /** In the included files. */
  errors: LocatedError[];
  files: DefinitionFiles;
}

/** The place of an included stage. */
interface Origin {
  id: string;
  file: string;
  text: string;
  source: Source;
  prefix: string;
  /**
   * By path in the stage: where the prefix was inserted into a string, in characters of the new
   * one.
   */
  inserted: ReadonlyMap<string, readonly number[]>;
}

/** Maximum number of files that a definition includes. */
const maxFiles = 100;

/** Adds the stages of the files under `include`. @param from the definition's file */
export async function includeStages(value: Json, library: Library, from: string): Promise<Included> {
  const entries = readEntries(value);
  const origins = new Map<string, Origin>();
  const files: Record<string, DefinitionFiles[string]> = {};
  const found: Included = { value, origins, problems: [], errors: [], files };
  if (!isObject(value) || entries.length === 0) return found;
  if (entries.length > maxFiles) return { ...found, problems: [tooMany(entries.length)] };
  const stages: JsonObject = isObject(value["stages"]) ? { ...value["stages"] } : {};
  for (const { name, prefix, path } of entries) {
    try {
      const { file, text } = (files[name] = await library.read(name));
      const { source, errors } = readGroup(text, file);
      append(found.errors, errors);
      if (source === undefined) continue;
      const group = (source.value as JsonObject)["stages"] as JsonObject;
      for (const [id, stage] of Object.entries(group)) {
        const renamed = prefix + id;
        if (Object.hasOwn(stages, renamed)) {
          found.problems.push(twice(renamed, file, path));
          continue;
        }
        const inserted = new Map<string, readonly number[]>();
        stages[renamed] = renameIn(stage, { own: Object.keys(group), prefix, inserted });
        origins.set(renamed, { id, file, text, source, prefix, inserted });
      }
    } catch (error) {
      if (!(error instanceof PawlError)) throw error;
      found.problems.push(readingProblem(error, name, path, from));
    }
  }
  return { ...found, value: { ...value, stages } };
}

/**
 * Replaces `include` by the stages of the included files. Returns the text unchanged if it includes
 * nothing.
 */
export async function definitionWithIncluded(value: JsonObject, read: ReadDefinition): Promise<JsonObject> {
  if (value["include"] === undefined) return value;
  const { include: _include, ...fields } = (await includeStages(value, new Library(read), "")).value as JsonObject;
  return fields;
}

/** Locates problems in the definition, or in the file that a stage comes from. */
export function locateIncluded(
  problems: readonly Problem[],
  origins: ReadonlyMap<string, Origin>,
  definition: { text: string; file: string; source: Source },
): LocatedError[] {
  const own: Problem[] = [];
  const others = new Map<Source, { origin: Origin; problems: Problem[] }>();
  for (const problem of problems) {
    const origin = findOrigin(problem, origins);
    if (origin === undefined) {
      own.push(problem);
      continue;
    }
    const known = others.get(origin.source) ?? { origin, problems: [] };
    known.problems.push(inOrigin(problem, origin));
    others.set(origin.source, known);
  }
  const elsewhere = [...others.values()].flatMap(({ origin: { text, file, source }, problems: found }) =>
    locate(found, text, file, source),
  );
  return [...locate(own, definition.text, definition.file, definition.source), ...elsewhere];
}

/** The line of a stage, from 1, in the file that it stands in. */
export function lineOfStage(
  id: string,
  origins: ReadonlyMap<string, Origin>,
  definition: { text: string; source: Source },
): number {
  const origin = origins.get(id);
  const { text, source } = origin ?? definition;
  return text.slice(0, source.range(["stages", origin?.id ?? id], "key").start).split("\n").length;
}

interface Entry {
  name: string;
  prefix: string;
  path: Path;
}

/** Returns the files under `include`. The schema reports entries of another form. */
function readEntries(value: Json): Entry[] {
  const include = isObject(value) ? value["include"] : undefined;
  const entry = (name: Json, prefix: string, key: string | number): Entry[] =>
    typeof name === "string" && name !== "" ? [{ name, prefix, path: ["include", key] }] : [];
  if (Array.isArray(include)) return include.flatMap((name, i) => entry(name, "", i));
  if (!isObject(include)) return [];
  return Object.entries(include).flatMap(([prefix, name]) => entry(name, `${prefix}-`, prefix));
}

/** Reads a file of stages. @returns no source if it cannot be used */
function readGroup(text: string, file: string): { source?: Source; errors: LocatedError[] } {
  const { source, problems } = readSource(text);
  const found = [...problems, ...(source === undefined ? [] : groupProblems(source.value))];
  const errors = locate(found, text, file, source);
  return source === undefined || errors.length > 0 ? { errors } : { source, errors };
}

function groupProblems(value: Json): Problem[] {
  const next = "write `stages:` and below it the stages, as in a pipeline";
  if (!isObject(value) || !isObject(value["stages"]))
    return [{ code: "MISSING_KEY", path: [], message: "must have stages: it is included", expected: "stages", next }];
  return Object.keys(value)
    .filter((key) => key !== "stages")
    .map((key) => ({
      code: "NOT_ALLOWED",
      path: [key],
      at: "key",
      message: "cannot stand in an included file",
      expected: "stages, and nothing else",
      got: key,
      next: "move it to the pipeline that includes the file",
    }));
}

interface Renaming {
  /** Ids of the file's stages. */
  own: readonly string[];
  prefix: string;
  /** Filled in: see Origin. */
  inserted: Map<string, readonly number[]>;
}

/** A stage whose references to stages of its file have the file's prefix. */
function renameIn(stage: Json, renaming: Renaming): Json {
  if (renaming.prefix === "" || !isObject(stage)) return stage;
  const { own, prefix } = renaming;
  const needed = (need: Json): Json => (typeof need === "string" && own.includes(need) ? prefix + need : need);
  return Object.fromEntries(
    Object.entries(stage).map(([key, value]) => {
      if (key === "needs") return [key, Array.isArray(value) ? value.map(needed) : needed(value)];
      return [key, mapTexts(value, (text, path) => renamedText(text, path, renaming), [key])];
    }),
  );
}

function renamedText(text: string, path: Path, { own, prefix, inserted }: Renaming): string {
  const places = referencesIn(text, path).flatMap((reference) => {
    if (!("stage" in reference) || !own.includes(reference.stage)) return [];
    const before = /^stages\s*(?:\.\s*|\[\s*')/.exec(reference.text);
    return before === null ? [] : [reference.offset + before[0].length];
  });
  if (places.length === 0) return text;
  const sorted = [...new Set(places)].sort((a, b) => a - b);
  inserted.set(
    JSON.stringify(path),
    sorted.map((index, i) => index + i * prefix.length),
  );
  return sorted.reduceRight((all, index) => all.slice(0, index) + prefix + all.slice(index), text);
}

/**
 * Finds the references in a string. Returns none if an expression is invalid, which is reported
 * later.
 */
function referencesIn(text: string, path: Path): Reference[] {
  try {
    return path[0] === "if" ? expressionReferences(parseCondition(text)) : references(text);
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    return [];
  }
}

function findOrigin({ path, offset }: Problem, origins: ReadonlyMap<string, Origin>): Origin | undefined {
  return offset === undefined && path[0] === "stages" ? origins.get(String(path[1])) : undefined;
}

/** Converts a problem of an included stage to one of its own file. */
function inOrigin(problem: Problem, { id, prefix, inserted }: Origin): Problem {
  const { path, place, span } = problem;
  const at = (one: Path): Path => ["stages", id, ...one.slice(2)];
  const positions = inserted.get(JSON.stringify((place ?? path).slice(2))) ?? [];
  const before = (offset: number): number =>
    offset - prefix.length * positions.filter((position) => position < offset).length;
  return {
    ...problem,
    path: at(path),
    ...(place && { place: at(place) }),
    ...(span && {
      span: { offset: before(span.offset), length: before(span.offset + span.length) - before(span.offset) },
    }),
  };
}

function twice(id: string, file: string, path: Path): Problem {
  return {
    code: "DUPLICATE_KEY",
    path,
    message: `: ${file} has the stage ${id}, which exists already`,
    got: id,
    next: "rename one of the two, or give the file a prefix: include: { PREFIX: FILE }",
  };
}

function tooMany(count: number): Problem {
  return {
    code: "OUT_OF_RANGE",
    path: ["include"],
    at: "key",
    message: `must name at most ${maxFiles} files, got ${count}`,
    expected: `at most ${maxFiles}`,
    got: String(count),
    next: "write several groups of stages into one file",
  };
}
