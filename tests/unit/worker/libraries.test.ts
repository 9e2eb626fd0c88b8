import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Library } from "../../../schemas/stage.js";
import { stageDefinitions, stageTypes, usedLibraries, type StageType } from "../../../schemas/stages/index.js";
import { libraryVersions } from "../../../worker/keys/libraries.js";

const root = path.join(import.meta.dirname, "../../..");
const sourceOf = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** Where a library decides about results: files, and what others import of them. */
const users: Partial<Record<Library, Record<string, readonly string[]>>> = {
  unicode: {
    "lm/text/bpe.ts": ["countWords"],
    "lm/text/grams.ts": ["normalizedWords", "HeldOutGrams"],
    "lm/train/metrics.ts": ["exactMatch"],
    "activities/scoring/rules/number.ts": ["number"],
  },
  re2js: {
    "activities/scoring/rules/regex.ts": ["regex"],
    "activities/evaluate/questions.ts": ["askQuestions"],
  },
  quickjs: { "activities/scoring/sandbox.ts": ["openSandbox"] },
  hono: { "report/html-text.ts": ["htmlText"] },
};

/**
 * Why other files that look up characters or match patterns change no result that a key does not
 * know of.
 */
const harmless: Record<string, string> = {
  "activities/dataset/tables/csv.ts": "it compares names of columns, to refuse",
  "activities/dataset/sources/index-page.ts": "names of packages and digests are ASCII",
  "activities/dataset/tables/load-parquet.ts": "it compares names of columns, to refuse",
  "activities/dataset/sources/paths.ts": "the files that a pattern finds are in the key, by name and content",
  "activities/dataset/tables/repeatable.ts": "it compares with SQL's own names, to refuse",
  "activities/dataset/tables/table.ts": "it compares names of columns, to refuse",
  "activities/dataset/sources/wheel.ts": "names and versions of packages are ASCII",
  "activities/graph/columns.ts": "it compares with names in ASCII",
  "activities/graph/node-pairs.ts": "it compares with names in ASCII",
  "report/components/samples.tsx": "a page about a run, which no key names",
  "report/graph-page/charts.tsx": "whole numbers",
  "report/graph-page/page.tsx": "whole numbers, and names of Pawl's features in ASCII",
  "report/run-page/measured.tsx": "a page about a run, which no key names",
  "report/run-page/stages.tsx": "a page about a run, which no key names",
  "report/run/artifact-tree.ts": "the order of times in ASCII, and no key names it",
  "report/run/evaluations.ts": "a page about a run, which no key names",
  "report/run/shown-tokens.ts": "what a page shows of an artifact, which no key names",
  "report/values.ts": "numbers in English for people to read",
};

/** What a file imports of others at run time, by file: names, `*` for all. */
function importsOf(file: string): [string, string[]][] {
  const found = [...sourceOf(file).matchAll(/^(?:import|export) (?!type )([^"';]*) from "(\.[^"]+)"/gm)];
  const loaded = [...sourceOf(file).matchAll(/\bimport\("(\.[^"]+)"\)/g)].map(([, target]) => ["*", target] as const);
  return [...found.map(([, names, target]) => [names!, target!] as const), ...loaded].map(([names, target]) => {
    const module = path.join(path.dirname(file), target!).replace(/\.js$/, "");
    const resolved = [`${module}.ts`, `${module}.tsx`].find((name) => existsSync(path.join(root, name)));
    return [resolved ?? target!, names === "*" ? ["*"] : names.split(/[{},\s]+/)];
  });
}

/** Libraries that decide about results of the code that a stage loads. */
function librariesLoaded(stage: StageType): Set<Library> {
  const loaded = new Set<Library>();
  const seen = new Set([`activities/${stage}.ts`]);
  for (const file of seen)
    for (const [target, names] of importsOf(file)) {
      if (!existsSync(path.join(root, target))) continue;
      seen.add(target);
      for (const [library, files] of Object.entries(users) as [Library, Record<string, readonly string[]>][])
        if (files[target]?.some((name) => names.includes(name) || names.includes("*"))) loaded.add(library);
    }
  return loaded;
}

test.each(stageTypes)("%s names the libraries whose versions its code depends on", (stage) => {
  if (typeof stageDefinitions[stage].libraries === "function") return;
  const named = usedLibraries(stage, {} as never);
  expect([...librariesLoaded(stage)].filter((library) => !named.includes(library))).toEqual([]);
});

test("every library that is listed here decides about some stage, and has a version", () => {
  const loaded = new Set(stageTypes.flatMap((stage) => [...librariesLoaded(stage)]));
  expect([...loaded].sort()).toEqual(Object.keys(users).sort());
  for (const version of Object.values(libraryVersions([...loaded])!)) expect(version).toMatch(/^\d+\.\d+/);
});

test("no other file asks Node.js for characters, or matches patterns of users", () => {
  const asks =
    /\\p\{|\.to(?:Lower|Upper|Locale\w*)(?:Case|String)?\(|\.normalize\("NF|localeCompare|Intl\.|compilePattern\(/;
  const directories = ["activities", "formats", "graph", "lm", "report", "tabular", "tensor"];
  const files = directories.flatMap((directory) =>
    readdirSync(path.join(root, directory), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => `${directory}/${name}`),
  );
  const listed = [...Object.keys(harmless), ...Object.values(users).flatMap((of) => Object.keys(of))];
  expect(files.filter((file) => asks.test(sourceOf(file)) && !listed.includes(file))).toEqual([]);
  expect(Object.keys(harmless).filter((file) => !asks.test(sourceOf(file)))).toEqual([]);
});
