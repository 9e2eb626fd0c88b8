import { PawlError } from "../../platform/errors.js";
import type { Json, JsonObject } from "../../platform/json.js";
import { collectDefaults } from "../../schemas/stage-defaults.js";
import { stageDefinitions } from "../../schemas/stages/index.js";

/** A version of each stage type, with its defaults by the path of the field. */
export type DefaultsRecord = Record<string, Omit<StageDefaults, "uses">>;

/** The present state of a stage type. */
export interface StageDefaults {
  uses: string;
  version: number;
  defaults: JsonObject;
}

/**
 * The record of the present state.
 * @throws PawlError NOT_ALLOWED if a default differs from the one recorded for the stage's version:
 *   keys leave out defaults, so that results of the old default would be reused for the new one
 */
export function recordDefaults(record: DefaultsRecord, stages: readonly StageDefaults[]): DefaultsRecord {
  const changes = stages.flatMap((stage) => changedDefaults(record, stage));
  if (changes.length > 0)
    throw new PawlError("NOT_ALLOWED", changes.join("\n"), { next: "raise the version, then npm run generate" });
  return Object.fromEntries(stages.map(({ uses, ...state }) => [uses, state]));
}

/** One sentence for each default that changed without a new version. */
export function changedDefaults(record: DefaultsRecord, { uses, version, defaults }: StageDefaults): string[] {
  const recorded = record[uses];
  if (recorded === undefined || recorded.version < version) return [];
  if (recorded.version > version) return [`${uses}: its version was ${recorded.version}: it may not be lowered`];
  return Object.entries(recorded.defaults).flatMap(([path, was]) => {
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
    defaults: collectDefaults(schema.with),
  }));
}

/** The committed record, brought up to date. @throws what `recordDefaults` throws */
export function defaultsDocument(text: string): string {
  return `${JSON.stringify(recordDefaults(JSON.parse(text) as DefaultsRecord, presentDefaults()), null, 2)}\n`;
}
