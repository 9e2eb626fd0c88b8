import { nearest } from "../../expressions/nearest.js";
import { PawlError } from "../../platform/errors.js";
import { isObject, type Json } from "../../platform/json.js";
import { parameterFaults, parseQuery } from "../../schemas/query-parameters.js";
import type { Query, QueryFile } from "../../schemas/fields/query.js";
import { unrepeatableCall, unrepeatableFacts } from "../../schemas/unrepeatable-sql.js";
import type { Problem } from "../problem.js";
import type { Path, Schema } from "../schema/schema.js";
import { isBelow } from "../references/stand-ins.js";

/** Reads a text file of the project. Throws PawlError. */
export type ReadProjectFile = (file: string) => Promise<string>;

/** A query whose text, or whose file and parameters, are known. */
export interface PlacedQuery {
  /** Of the query in the definition. */
  path: Path;
  query: Query;
}

/**
 * The queries of a `with` that are known before the run.
 * @param path where `value` is in the definition
 * @param unknown paths of values that are not known before the run
 */
export function queriesIn(
  value: Json | undefined,
  schema: Schema | undefined,
  path: Path,
  unknown: readonly Path[],
): PlacedQuery[] {
  if (schema === undefined) return [];
  if (typeof value === "string" && schema["x-query"] === true)
    return unknown.some((one) => isBelow(path, one)) ? [] : [{ path, query: value }];
  if (!isObject(value)) return [];
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

/**
 * What is wrong with queries, their files and their parameters.
 * @param read absent: files are not read
 */
export async function queryProblems(
  queries: readonly PlacedQuery[],
  read: ReadProjectFile | undefined,
): Promise<Problem[]> {
  const found = queries.map(async ({ path, query }) => {
    if (typeof query === "string") return unrepeatable(query, path);
    return read === undefined ? [] : problemsOfFile(query, path, read);
  });
  return (await Promise.all(found)).flat();
}

/** @param file the file that holds the query; absent: the definition itself */
function unrepeatable(text: string, path: Path, file?: string): Problem[] {
  const call = unrepeatableCall(text);
  if (call === undefined) return [];
  const { dependsOn, expected, next } = unrepeatableFacts(call.name);
  const where = file === undefined ? "" : `: ${file}:${call.line} `;
  return [
    {
      code: "QUERY_INVALID",
      path,
      message: `${where}calls ${call.name}, which depends on ${dependsOn}`,
      expected,
      next,
    },
  ];
}

async function problemsOfFile(query: QueryFile, path: Path, read: ReadProjectFile): Promise<Problem[]> {
  let text: string;
  try {
    text = await read(query.file);
  } catch (error) {
    if (!(error instanceof PawlError)) throw error;
    const { where: _where, next = "name another file", ...facts } = error.facts;
    return [{ code: error.code, path: [...path, "file"], message: `: ${error.message}`, ...facts, next }];
  }
  const { parameters } = parseQuery(text);
  const faults = parameterFaults(query, parameters).map(({ name, ...fault }): Problem => {
    const guess = fault.code === "UNKNOWN_KEY" ? nearest(name, [...parameters.keys()]) : undefined;
    return {
      ...fault,
      path: [...path, "parameters", name],
      at: fault.code === "WRONG_TYPE" ? "value" : "key",
      next: guess === undefined ? fault.next : `write ${guess}`,
    };
  });
  return [...unrepeatable(text, [...path, "file"], query.file), ...faults];
}
