import { isObject, type Json } from "../../platform/json.js";
import type { DefaultsSchema } from "../../schemas/stage-defaults.js";
import { stageDefinitions, type StageType } from "../../schemas/stages/index.js";
import { canonicalJson } from "../../platform/text/canonical-json.js";
import type { StageIdentity } from "../records/record-types.js";

/**
 * Why a stage has another key than it had when it last succeeded: one short sentence for each
 * difference (code version, compute flags, source, seed, parameter, input artifact). Empty if
 * nothing differs.
 */
export function explainChange(before: StageIdentity, now: StageIdentity): string[] {
  if (before.uses !== now.uses) return [`uses is now ${now.uses}, was ${before.uses}`];
  const reasons: string[] = [];
  if (before.version !== now.version)
    reasons.push(`${now.uses} is now at code version ${now.version}, was ${before.version}`);
  reasons.push(...differences("compute", parsed(before.compute), parsed(now.compute)));
  reasons.push(...differences("libraries", before.libraries, now.libraries));
  if (before.source !== now.source) reasons.push(...sourceChange(parsed(before.source), parsed(now.source)));
  if (before.seed !== now.seed) reasons.push(`seed is now ${now.seed}, was ${before.seed}`);
  const sameVersion = before.version === now.version;
  const defaultBefore = sameVersion ? undefined : () => `the default of version ${before.version}`;
  const { with: schema } = stageDefinitions[now.uses];
  const changed = differences("with", before.with, now.with, { schema, defaultBefore });
  return [...reasons, ...changed.map((one) => settingName(now.uses, one))];
}

/** Adapts a sentence to the name that a setting has in definitions. */
export function settingName(uses: StageType, sentence: string): string {
  const { ownSettings } = stageDefinitions[uses];
  return ownSettings === undefined ? sentence : sentence.replace(`with.${ownSettings}.`, "with.");
}

/**
 * Sources are kept as pairs of the setting that names them and its content; those that differ are
 * named.
 */
function sourceChange(before: Json, now: Json): string[] {
  const [was, is] = [sourcesByName(before), sourcesByName(now)];
  const missing = missingNames(is);
  const changed = [...is.keys()].filter(
    (name) => was.has(name) && was.get(name) !== is.get(name) && !missing.includes(name),
  );
  if (missing.length > 0 && changed.length === 0) return [missingText(missing)];
  return [
    `its source has changed${changed.length > 0 ? `: ${changed.join(", ")}` : ""}`,
    ...(missing.length > 0 ? [missingText(missing)] : []),
  ];
}

/** Sources of a stage that do not exist, as `plan` reports them; undefined if all exist. */
export function missingSources({ source }: StageIdentity): string | undefined {
  const missing = missingNames(sourcePrints({ source }));
  return missing.length === 0 ? undefined : missingText(missing);
}

/**
 * Returns what the key has for each source of a stage, by setting: a digest, a version, or null if
 * the source does not exist.
 */
export function sourcePrints({ source }: Pick<StageIdentity, "source">): Map<string, Json> {
  return sourcesByName(parsed(source));
}

function sourcesByName(pairs: Json): Map<string, Json> {
  const named = Array.isArray(pairs) ? pairs.filter(Array.isArray) : [];
  return new Map(named.map((pair): [string, Json] => [String(pair[0]), (pair as Json[])[1] ?? null]));
}

const missingNames = (sources: Map<string, Json>): string[] =>
  [...sources].filter(([, content]) => content === null).map(([name]) => name);

const missingText = (names: string[]): string => `its source does not exist: ${names.join(", ")}`;

/** Compute flags are kept as JSON text; their differences are reported flag by flag. */
function parsed(text: string | null): Json {
  try {
    return JSON.parse(text ?? "null") as Json;
  } catch {
    return text;
  }
}

/** The description of a field, since settings omit values that equal the default. */
interface Field {
  schema?: DefaultsSchema | undefined;
  /** How messages describe a default that an earlier result omitted. */
  defaultBefore?: ((value: Json) => string) | undefined;
}

/**
 * One short sentence for each difference of two values.
 * @param where their name; those of their fields follow it
 */
export function differences(
  where: string,
  before: Json | undefined,
  now: Json | undefined,
  field: Field = {},
): string[] {
  if (canonicalJson(before ?? null) === canonicalJson(now ?? null)) return [];
  const [was, is] = [artifactDigest(before), artifactDigest(now)];
  if (was !== undefined && is !== undefined) return [`input ${where.replace(/^with\./, "")} is now ${is}, was ${was}`];
  const { schema, defaultBefore = show } = field;
  const usual = schema?.default as Json | undefined;
  // An object whose fields all equal their defaults is not kept.
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
