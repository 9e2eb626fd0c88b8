import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { PawlError } from "../../../platform/errors.js";
import { fileRoot } from "../../../platform/program/shipped.js";
import { utf8Text } from "../../../platform/text/utf8.js";
import { parameterFaults, parseQuery } from "../../../schemas/query-parameters.js";
import type { Query, QueryParameter } from "../../../schemas/fields/query.js";
import { filesBelow } from "../sources/paths.js";

/** A query, ready for DuckDB. */
export interface ReadyQuery {
  sql: string;
  /** Values of the variables that the text uses. */
  variables: Readonly<Record<string, QueryParameter>>;
  /** Where the text is, for messages: a key of `with`, or a file. */
  where: string;
}

/** Queries are written by people; a larger file was named by mistake. */
const maxFileBytes = 1 << 20;

/**
 * A query as text: the text itself, or that of its file with the parameters checked.
 * @param key of `with` that holds the query
 * @throws PawlError FILE_NOT_FOUND, FILE_TOO_LARGE, PATH_TRAVERSAL, QUERY_INVALID; MISSING_KEY,
 *   UNKNOWN_KEY and others for a parameter
 */
export async function readQuery(query: Query, workingDirectory: string, key: string): Promise<ReadyQuery> {
  if (typeof query === "string") return { sql: query, variables: {}, where: key };
  const { sql, parameters } = parseQuery(await readQueryFile(query.file, workingDirectory, `${key}.file`));
  const [fault] = parameterFaults(query, parameters);
  if (fault === undefined) return { sql, variables: query.parameters ?? {}, where: query.file };
  const { code, name, message, expected, next } = fault;
  throw new PawlError(code, `the parameter ${name} ${message}`, {
    where: `${key}.parameters.${name}`,
    ...(expected === undefined ? {} : { expected }),
    next,
  });
}

/**
 * The text of a query's file.
 * @param file by its path from the working directory, and below it, links included
 * @param where the key that names it, for messages
 * @throws PawlError FILE_NOT_FOUND, FILE_TOO_LARGE, PATH_TRAVERSAL; QUERY_INVALID for bytes that
 *   are not UTF-8
 */
export async function readQueryFile(file: string, workingDirectory: string, where: string): Promise<string> {
  const found = await queryPath(file, workingDirectory, where);
  const { size } = await stat(found);
  if (size <= maxFileBytes) return utf8Text(await readFile(found), file, "QUERY_INVALID");
  throw new PawlError("FILE_TOO_LARGE", `${file} is too large to be a query`, {
    where,
    expected: `at most ${maxFileBytes} bytes`,
    got: `${size} bytes`,
    next: "name a file of SQL",
  });
}

/** The path of a query's file on this machine. @throws PawlError FILE_NOT_FOUND, PATH_TRAVERSAL */
export async function queryPath(file: string, workingDirectory: string, where: string): Promise<string> {
  try {
    const root = fileRoot(file, workingDirectory);
    const [name] = file.includes("*") ? [] : await filesBelow(root, file, where);
    if (name !== undefined) return path.join(root, name);
  } catch (error) {
    if (!(error instanceof PawlError) || error.code !== "DATA_MISSING") throw error;
  }
  throw new PawlError("FILE_NOT_FOUND", `there is no file ${file}`, {
    where,
    expected: "a file of SQL that the worker may read",
    got: file,
    next: "check the spelling; paths begin at the run's project directory",
  });
}
