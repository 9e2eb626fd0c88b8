import type { TObject } from "@sinclair/typebox";
import { validateWith } from "../../compiler/generated/validators.js";
import { plain, memberSchema, type Path, type Schema } from "../../compiler/schema/schema.js";
import { pathText } from "../../compiler/problem.js";
import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import type { ExternalInput } from "../../schemas/stage.js";
import type { StageType } from "../../schemas/stages/index.js";

/**
 * A value of a setting that names something outside `with`, and what a stage must declare of it.
 */
interface Naming {
  /** Of the setting in the schema of `with`; 0 stands for the items of a list. */
  path: Path;
  value: Json;
  /** By trait, what one of its entries is or has. */
  declared: { reads: JsonObject } | { unpinned: string };
}

/** Stands for every name of a mapping with free names. */
const freeName = "NAME";

/** A trait of any stage. */
type AnyTrait<T> = T | ((settings: never) => T);

/** What a definition says of its settings. */
export interface Declaration {
  with: TObject;
  reads: AnyTrait<readonly ExternalInput[]>;
  unpinned: AnyTrait<readonly string[]>;
  runsCode: AnyTrait<readonly string[]>;
}

/**
 * Whether a field names a place of which the stage reads nothing: it writes to it, or works in it.
 */
export type IsWritten = (field: string) => boolean;

/**
 * What settings of a stage may name and its `reads`, `unpinned` and `runsCode` leave out. The
 * fields are found in the schema of `with`: sources, queries and paths, each filled in beside
 * nothing but what is required.
 * @returns trait and setting: `reads: with.nodes.file`
 */
export function undeclaredNames(uses: StageType, definition: Declaration, isWritten: IsWritten): string[] {
  const form = plain(definition.with);
  return namings(form, [])
    .filter(({ path }) => !isWritten(pathText(path)))
    .flatMap((naming) => {
      const settings = filled(form, naming.path, naming.value) as JsonObject;
      if (!validateWith[uses](settings))
        throw new Error(`${uses}: not a with: ${JSON.stringify([settings, validateWith[uses].errors])}`);
      return missing(definition, settings, naming);
    });
}

function missing(definition: Declaration, settings: JsonObject, { path, declared }: Naming): string[] {
  const at = pathText(path);
  if ("unpinned" in declared)
    return valueOf(definition.unpinned, settings).includes(declared.unpinned) ? [] : [`unpinned: with.${at}`];
  const wanted = Object.entries(declared.reads);
  const found = valueOf(definition.reads, settings).find(
    (input) =>
      input.where.startsWith(`with.${at}`) &&
      wanted.every(([kind, name]) => (input as Record<string, unknown>)[kind] === name || isModule(input, kind, name)),
  );
  if (found === undefined) return [`reads: with.${at}`];
  return "module" in found && !valueOf(definition.runsCode, settings).includes(at) ? [`runsCode: with.${at}`] : [];
}

const valueOf = <T>(trait: AnyTrait<T>, settings: JsonObject): T =>
  typeof trait === "function" ? (trait as (settings: JsonObject) => T)(settings) : trait;

/** A file that is code is read as a module. */
const isModule = (input: object, kind: string, name: unknown) =>
  kind === "files" && "module" in input && input.module === name;

/**
 * Every way in which a value of a schema can name something outside.
 * @throws Error where a schema hides fields from it
 */
function namings(schema: Schema, path: Path): Naming[] {
  const file = `named/${path.join("-")}.txt`;
  if (schema["x-path"] === true) return [{ path, value: file, declared: { reads: { files: file } } }];
  if (schema["x-query"] === true) return [{ path, value: { file }, declared: { reads: { files: file } } }];
  for (const keyword of ["anyOf", "oneOf", "allOf", "$ref"])
    if (schema[keyword] !== undefined) throw new Error(`with.${pathText(path)}: ${keyword} is not looked into`);
  if (schema.items !== undefined) return namings(schema.items, [...path, 0]);
  if (schema["x-artifact"] !== undefined) return [];
  const free = Object.values(schema.patternProperties ?? {}).map((body) => [freeName, body] as const);
  const fields = [...Object.entries(schema.properties ?? {}), ...free];
  if (!isSource(schema)) return fields.flatMap(([name, body]) => namings(body, [...path, name]));
  return [
    ...sourceNamings(path),
    ...fields
      .filter(([name]) => name !== "file" && name !== "path")
      .flatMap(([name, body]) => namings(body, [...path, name])),
  ];
}

/**
 * A source names one of several places; its `path` lies inside a package, a wheel or a data set.
 */
const isSource = ({ properties = {} }: Schema) =>
  ["file", "package", "url", "path"].every((place) => place in properties);

function sourceNamings(path: Path): Naming[] {
  const inside = { path: "data.csv" };
  const file = `named/${path.join("-")}.csv`;
  return [
    { path, value: { file }, declared: { reads: { files: file } } },
    { path, value: { package: "named", ...inside }, declared: { reads: { package: "named" } } },
    { path, value: { url: "https://example.org/data.csv" }, declared: { unpinned: pathText(path) } },
    { path, value: { huggingFace: "owner/name", ...inside }, declared: { unpinned: pathText(path) } },
  ];
}

/** The least value of a schema, but for one inside it. */
function filled(schema: Schema, [step, ...rest]: Path, value: Json): Json {
  if (step === undefined) return value;
  if (typeof step === "number") return [filled(schema.items!, rest, value)];
  const least = leastOf(schema);
  return { ...(isObject(least) ? least : {}), [step]: filled(memberSchema(schema, step)!, rest, value) };
}

/** What a schema requires and has no default. A rule that names a file is a module. */
function leastOf(schema: Schema): Json {
  if (schema["const"] !== undefined) return schema["const"] as Json;
  if (schema.enum !== undefined) return (schema.enum.includes("module") ? "module" : schema.enum[0]) as Json;
  if (schema["x-artifact"] !== undefined) return { artifact: schema["x-artifact"] as string, digest: "0".repeat(64) };
  if (schema.items !== undefined)
    return Array.from({ length: Number(schema["minItems"] ?? 0) }, () => leastOf(schema.items!));
  if (schema.properties !== undefined) return leastObject(schema.properties, schema.required ?? []);
  if (schema.type === "boolean") return false;
  return schema.type === "string" ? "named" : Number(schema["minimum"] ?? 1);
}

function leastObject(properties: Record<string, Schema>, required: readonly string[]): JsonObject {
  const needed = required.filter((name) => properties[name]!["default"] === undefined);
  return Object.fromEntries(needed.map((name) => [name, leastOf(properties[name]!)]));
}
