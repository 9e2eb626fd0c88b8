import { nearest } from "../expressions/nearest.js";
import { PawlError } from "../platform/errors.js";
import { isObject, type Json } from "../platform/json.js";
import { parameterFaults, parseQuery } from "../schemas/query-parameters.js";
import type { QueryFile } from "../schemas/fields/query.js";
import type { Problem } from "./problem.js";
import type { Path, Schema } from "./schema.js";
import { isBelow } from "./stand-ins.js";

/** Reads a text file of the project. Throws PawlError. */
export type ReadProjectFile = (file: string) => Promise<string>;

/** A query that stands in a file. */
export interface PlacedQuery {
  /** Of the query in the definition. */
  path: Path;
  query: QueryFile;
}

/**
 * The queries in files that a `with` names, where file and parameters are known.
 * @param path where `value` stands in the definition
 * @param unknown paths of values that are not known before the run
 */
export function queriesIn(
  value: Json | undefined,
  schema: Schema | undefined,
  path: Path,
  unknown: readonly Path[],
): PlacedQuery[] {
  if (schema === undefined || !isObject(value)) return [];
  if (schema["x-query"] !== true)
    return Object.entries(value).flatMap(([name, item]) =>
      queriesIn(item, schema.properties?.[name], [...path, name], unknown),
    );
  const { file, parameters = {} } = value;
  const isUnknown = [
    [...path, "file"],
    [...path, "parameters"],
  ].some((field) => unknown.some((one) => isBelow(field, one)));
  return isUnknown || typeof file !== "string" || !isObject(parameters)
    ? []
    : [{ path, query: value as unknown as QueryFile }];
}

/** What is wrong with queries' files and with the parameters that are given to them. */
export async function queryProblems(queries: readonly PlacedQuery[], read: ReadProjectFile): Promise<Problem[]> {
  return (await Promise.all(queries.map((query) => problemsOf(query, read)))).flat();
}

async function problemsOf({ path, query }: PlacedQuery, read: ReadProjectFile): Promise<Problem[]> {
  let text: string;
  try {
    text = await read(query.file);
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
    const { where: _where, next = "name another file", ...facts } = error.facts;
    return [{ code: error.code, path: [...path, "file"], message: `: ${error.message}`, ...facts, next }];
  }
  const { parameters } = parseQuery(text);
  return parameterFaults(query, parameters).map(({ name, ...fault }) => {
    const guess = fault.code === "UNKNOWN_KEY" ? nearest(name, [...parameters.keys()]) : undefined;
    return {
      ...fault,
      path: [...path, "parameters", name],
      at: fault.code === "WRONG_TYPE" ? "value" : "key",
      next: guess === undefined ? fault.next : `write ${guess}`,
    };
  });
}
