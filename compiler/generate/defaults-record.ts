import { PawlError } from "../../platform/errors.js";
import type { Json, JsonObject } from "../../platform/json.js";
import { defaultsOf } from "../../schemas/stage-defaults.js";
import { stageDefinitions } from "../../schemas/stages/index.js";

/** Defaults of each stage type at each of its versions: stage type -> version -> path of a field -> its default. */
export type DefaultsRecord = Record<string, Record<string, JsonObject>>;

/** The present state of a stage type. */
export interface StageDefaults {
  uses: string;
  version: number;
  defaults: JsonObject;
}

/**
 * Adds what is new to the record: a stage, a version, a field with a default. Earlier versions stay.
 * @throws PawlError NOT_ALLOWED if a default differs from the one recorded for the stage's version: keys leave out defaults,
 *   so that results of the old default would be reused for the new one
 */
export function recordDefaults(record: DefaultsRecord, stages: readonly StageDefaults[]): DefaultsRecord {
  const changes = stages.flatMap((stage) => changedDefaults(record, stage));
  if (changes.length > 0)
    throw new PawlError("NOT_ALLOWED", changes.join("\n"), { next: "raise the version, then npm run generate" });
  const next = structuredClone(record);
  for (const { uses, version, defaults } of stages) (next[uses] ??= {})[version] = defaults;
  return next;
}

/** One sentence for each default that changed without a new version. */
export function changedDefaults(record: DefaultsRecord, { uses, version, defaults }: StageDefaults): string[] {
  const recorded = record[uses]?.[version] ?? {};
  return Object.entries(recorded).flatMap(([path, was]) => {
    const now = defaults[path];
    if (isSame(was, now)) return [];
    const text = now === undefined ? "no longer exists" : `is now ${JSON.stringify(now)}`;
    return [
      `${uses}: the default of ${path} ${text}, was ${JSON.stringify(was)} in version ${version}: ` +
        `raise \`version\` in schemas/stages/${uses}.ts`,
    ];
  });
}

function isSame(was: Json, now: Json | undefined): boolean {
  return JSON.stringify(was) === JSON.stringify(now);
}

/** The present state of every stage type. */
export function presentDefaults(): StageDefaults[] {
  return Object.entries(stageDefinitions).map(([uses, schema]) => ({
    uses,
    version: schema.version,
    defaults: defaultsOf(schema.with),
  }));
}

/** The committed record, brought up to date. @throws what `recordDefaults` throws */
export function defaultsDocument(text: string): string {
  return `${JSON.stringify(recordDefaults(JSON.parse(text) as DefaultsRecord, presentDefaults()), null, 2)}\n`;
}
