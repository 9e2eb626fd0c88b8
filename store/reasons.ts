import { isObject, type Json } from "../platform/json.js";
import type { DefaultsSchema } from "../schemas/stage-defaults.js";
import { stageDefinitions } from "../schemas/stages/index.js";
import { canonicalJson } from "./canonical.js";
import type { StageIdentity } from "./results.js";

/**
 * Why a stage has another key than it had when it last succeeded: one short sentence for each difference
 * (code version, compute flags, source, seed, parameter, input artifact). Empty when nothing differs.
 */
export function explainChange(before: StageIdentity, now: StageIdentity): string[] {
  if (before.uses !== now.uses) return [`uses is now ${now.uses}, was ${before.uses}`];
  const reasons: string[] = [];
  if (before.version !== now.version)
    reasons.push(`${now.uses} is now at code version ${now.version}, was ${before.version}`);
  reasons.push(...differences("compute", parsed(before.compute), parsed(now.compute)));
  reasons.push(...differences("libraries", before.libraries, now.libraries));
  if (before.source !== now.source) reasons.push(sourceChange(parsed(before.source), parsed(now.source)));
  if (before.seed !== now.seed) reasons.push(`seed is now ${now.seed}, was ${before.seed}`);
  const sameVersion = before.version === now.version;
  const defaultBefore = sameVersion ? undefined : () => `the default of version ${before.version}`;
  return [
    ...reasons,
    ...differences("with", before.with, now.with, { schema: stageDefinitions[now.uses].with, defaultBefore }),
  ];
}

/** Sources are kept as pairs of the setting that names them and what it holds; those that differ are named. */
function sourceChange(before: Json, now: Json): string {
  const byName = (pairs: Json) =>
    new Map(Array.isArray(pairs) ? pairs.filter(Array.isArray).map(([a, b]) => [a, b]) : []);
  const [was, is] = [byName(before), byName(now)];
  const changed = [...is.keys()].filter((name) => was.has(name) && was.get(name) !== is.get(name));
  return `its source has changed${changed.length > 0 ? `: ${changed.join(", ")}` : ""}`;
}

/** Compute flags are kept as JSON text; their differences are reported flag by flag. */
function parsed(text: string | null): Json {
  try {
    return JSON.parse(text ?? "null") as Json;
  } catch {
    return text;
  }
}

/** What a field is, where settings leave out what equals its default. */
interface Field {
  schema?: DefaultsSchema | undefined;
  /** How messages call the default that an earlier result left out. */
  defaultBefore?: ((value: Json) => string) | undefined;
}

function differences(where: string, before: Json | undefined, now: Json | undefined, field: Field = {}): string[] {
  if (canonicalJson(before ?? null) === canonicalJson(now ?? null)) return [];
  const [was, is] = [artifactDigest(before), artifactDigest(now)];
  if (was !== undefined && is !== undefined) return [`input ${where.replace(/^with\./, "")} is now ${is}, was ${was}`];
  const { schema, defaultBefore = show } = field;
  const usual = schema?.default as Json | undefined;
  // Of an object whose every field is as by default nothing is kept.
  const [old, present] = isObject(usual) ? [before ?? {}, now ?? {}] : [before, now];
  if (isObject(old) && isObject(present)) {
    const names = [...new Set([...Object.keys(present), ...Object.keys(old)])];
    return names.flatMap((name) =>
      differences(`${where}.${name}`, old[name], present[name], { ...field, schema: schema?.properties?.[name] }),
    );
  }
  if (Array.isArray(before) && Array.isArray(now) && before.length === now.length)
    return now.flatMap((item, index) =>
      differences(`${where}[${index}]`, before[index], item, { ...field, schema: schema?.items }),
    );
  if (usual !== undefined && before === undefined) return [`${where} is now ${show(now)}, was ${defaultBefore(usual)}`];
  // A result from when the field had no default may have its value spelled out.
  if (usual !== undefined && now === undefined)
    return canonicalJson(before) === canonicalJson(usual)
      ? []
      : [`${where} is now ${show(usual)}, was ${show(before)}`];
  if (before === undefined) return [`${where} is new: ${show(now)}`];
  if (now === undefined) return [`${where} no longer exists, was ${show(before)}`];
  return [`${where} is now ${show(now)}, was ${show(before)}`];
}

function artifactDigest(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined;
  const { artifact, digest } = value;
  return typeof artifact === "string" && typeof digest === "string" ? digest.slice(0, 12) : undefined;
}

function show(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
