import { isObject, type Json, type JsonObject } from "../../platform/json.js";
import type { DeclaredStage, Plan, PlannedStage } from "../../schemas/plan.js";
import { differences, settingName } from "./reasons.js";

/**
 * How the definition of a stage differs, one short sentence for each field: what its result depends
 * on, as written.
 */
export function explainDefinition(before: PlannedStage, now: PlannedStage): string[] {
  if (before.uses !== now.uses) return [`uses is now ${now.uses}, was ${before.uses}`];
  const [was, is] = [before, now].map(written);
  const names = [...new Set([...Object.keys(is!), ...Object.keys(was!)])];
  return names.flatMap((name) => differences(name, was![name], is![name])).map((one) => settingName(now.uses, one));
}

const written = ({ with: settings, if: condition, foreach, member }: PlannedStage): JsonObject => ({
  with: settings,
  ...(condition !== undefined && { if: condition }),
  ...(foreach && { items: foreach.items }),
  ...(member && foreach === undefined && { matrix: member.combination }),
});

/**
 * How a plan differs from an earlier one of the same run, with the names of stages and fields;
 * durations as the language writes them.
 */
export function explainPlan(before: Plan, now: Plan): string[] {
  const [was, is] = [before, now].map(({ stages }) => new Map(stages.map((stage) => [stage.id, stage])));
  const gone = [...was!.keys()].filter((id) => !is!.has(id));
  const ofStage = ([id, stage]: [string, DeclaredStage]): string[] => {
    const earlier = was!.get(id);
    if (earlier === undefined) return [`stages.${id} is new`];
    if (earlier.uses !== stage.uses) return [`stages.${id}.uses is now ${stage.uses}, was ${earlier.uses}`];
    const changes = differences(`stages.${id}`, asWritten(earlier), asWritten(stage));
    return changes.map((one) => settingName(stage.uses, one));
  };
  return [
    ...[...is!].flatMap(ofStage),
    ...gone.map((id) => `stages.${id} no longer exists`),
    ...differences("inputs", before.inputs, now.inputs),
    ...differences("outputs", before.outputs, now.outputs),
  ];
}

/** Returns a stage without what depends only on its position in the file. */
function asWritten({ line: _line, id: _id, with: settings, matrix, ...rest }: DeclaredStage): Json {
  const values = { with: settings, ...(matrix && { matrix: matrix as unknown as JsonObject }) };
  return { ...(withDurations(rest as unknown as JsonObject) as JsonObject), ...values };
}

/** `timeoutMs: 5` is `timeout: 5ms` in a file. */
function withDurations(value: Json): Json {
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) =>
      name.endsWith("Ms") ? [name.slice(0, -2), `${one as number}ms`] : [name, withDurations(one)],
    ),
  );
}
