import { Type, type Static } from "@sinclair/typebox";
import { Artifact, OneOf, RelativePath } from "./basic.js";
import { QueryField, type Query } from "./query.js";
import type { ExternalInput, RuleProblem } from "../stage.js";

/** Where a table comes from. Exactly one of `table`, `file`, `package` and `url`. */
export const tableSource = (description: string) =>
  Type.Object(
    {
      table: Type.Optional(Artifact("table", "a table that a stage left")),
      file: Type.Optional(RelativePath({ description: "a path (or `*` pattern) below the working folder" })),
      package: Type.Optional(Type.String({ minLength: 1, description: "an installed npm data package" })),
      path: Type.Optional(RelativePath({ description: "a file (or `*` pattern) inside the package" })),
      url: Type.Optional(Type.String({ pattern: "^https?://", description: "an address to download" })),
      sha256: Type.Optional(Type.String({ pattern: "^[0-9a-f]{64}$", description: "the download's digest, checked" })),
      format: OneOf(["auto", "csv", "parquet", "json", "jsonl"], {
        default: "auto",
        description: "auto: by the file's extension",
      }),
      delimiter: Type.Optional(
        Type.String({ minLength: 1, maxLength: 4, description: "of CSV, where it is not found by itself" }),
      ),
      query: Type.Optional(QueryField("SQL (DuckDB) over the table `data`")),
    },
    { additionalProperties: false, description },
  );
export type TableSource = Static<ReturnType<typeof tableSource>>;

const places = ["table", "file", "package", "url"] as const;
const companions = { path: "package", sha256: "url" } as const;

/** What no JSON Schema can say of a table's source: it is one, and its companions go with it. */
export function checkTableSource(source: TableSource, at: string): RuleProblem | undefined {
  const given = places.filter((place) => source[place] !== undefined);
  if (given.length !== 1)
    return {
      code: given.length === 0 ? "MISSING_KEY" : "NOT_ALLOWED",
      at: [at],
      message: `must have exactly one of ${places.join(", ")}; it has ${given.length === 0 ? "none" : given.join(" and ")}`,
      next:
        given.length === 0 ? "say where the table is, for example file: data.csv" : `keep one of ${given.join(", ")}`,
    };
  if (source.package !== undefined && source.path === undefined)
    return { code: "MISSING_KEY", at: [at], message: "must say which file of the package: path", next: "add path" };
  if (source.url !== undefined && source.sha256 === undefined)
    return { code: "MISSING_KEY", at: [at], message: "must pin what stands at the url", next: "add sha256" };
  for (const [key, owner] of Object.entries(companions) as ["path" | "sha256", "package" | "url"][])
    if (source[key] !== undefined && source[owner] === undefined)
      return { code: "NOT_ALLOWED", at: [at, key], message: `goes with ${owner} only`, next: `remove ${key}` };
  return undefined;
}

/** Files and packages that a stage's tables, by setting, are read from. */
export function tablesRead(tables: Readonly<Record<string, TableSource | undefined>>): ExternalInput[] {
  return Object.entries(tables).flatMap(([name, source]) =>
    source ? [...sourceReads(source, `with.${name}`), ...queryReads(source.query, `with.${name}.query`)] : [],
  );
}

/** What of this machine a source's content depends on: of a package its version, of files what they hold. */
export function sourceReads(source: { file?: string; package?: string }, where: string): ExternalInput[] {
  if (source.package !== undefined) return [{ where, package: source.package }];
  return source.file === undefined ? [] : [{ where: `${where}.file`, files: source.file }];
}

/** The file that holds a query, where it is not the text itself. @param where the setting, as errors name it */
export function queryReads(query: Query | undefined, where: string): ExternalInput[] {
  return query === undefined || typeof query === "string" ? [] : [{ where: `${where}.file`, files: query.file }];
}
