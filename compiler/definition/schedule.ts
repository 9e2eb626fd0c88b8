import { nearest } from "../../expressions/nearest.js";
import { isObject, type Json } from "../../platform/json.js";
import { durationMs, isDuration } from "../../schemas/duration.js";
import type { PipelineDefinition } from "../../schemas/pipeline.js";
import type { SchedulePlan } from "../../schemas/schedules.js";
import { cronProblem } from "./cron.js";
import { DEFAULTS, LIMITS } from "./defaults.js";
import type { Problem } from "../problem.js";
import type { Path } from "../schema/schema.js";
import type { StandIn } from "../references/stand-in.js";

/** A checked schedule, with its defaults. */
export function schedulePlan(written: NonNullable<PipelineDefinition["schedule"]>): SchedulePlan {
  const { cron, interval, timeZone, overlap, catchUp } = { ...DEFAULTS.schedule, ...written };
  return {
    ...(cron !== undefined && { cron }),
    ...(interval !== undefined && { intervalMs: durationMs(interval) }),
    timeZone,
    overlap,
    catchUpMs: durationMs(catchUp),
  };
}

/**
 * What is wrong with a schedule, besides its form.
 * @param standIns for what is not known before the run
 */
export function scheduleProblems(schedule: Json | undefined, standIns: readonly StandIn[]): Problem[] {
  if (!isObject(schedule)) return [];
  const isKnown = (key: string): boolean =>
    !standIns.some(({ kind, path }) => kind !== "known" && path[0] === "schedule" && path[1] === key);
  const text = (key: string): string | undefined => {
    const value = schedule[key];
    return typeof value === "string" && isKnown(key) ? value : undefined;
  };
  return [
    ...whichOfTwo(schedule),
    ...wrongCron(text("cron")),
    ...wrongZone(text("timeZone"), schedule["cron"] !== undefined),
    ...tooShort("interval", text("interval"), LIMITS.intervalMs),
    ...tooShort("catchUp", text("catchUp"), LIMITS.catchUpMs),
  ];
}

function whichOfTwo({ cron, interval }: { cron?: Json; interval?: Json }): Problem[] {
  if (cron === undefined && interval === undefined)
    return [
      {
        code: "MISSING_KEY",
        path: ["schedule"],
        at: "key",
        message: "has neither cron nor interval",
        next: 'write cron: "0 2 * * *" (every night at 2:00), or interval: 6h',
      },
    ];
  if (cron === undefined || interval === undefined) return [];
  return [
    {
      code: "NOT_ALLOWED",
      path: ["schedule", "interval"],
      at: "key",
      message: "is not allowed beside cron",
      next: "remove one of them",
    },
  ];
}

function wrongCron(cron: string | undefined): Problem[] {
  const problem = cron === undefined ? undefined : cronProblem(cron);
  if (problem === undefined) return [];
  const next = 'write five fields, for example "0 2 * * *" (every night at 2:00) or "30 8 * * mon-fri"';
  return [{ code: "NOT_ALLOWED", path: ["schedule", "cron"], ...problem, next }];
}

function wrongZone(zone: string | undefined, hasCron: boolean): Problem[] {
  const path: Path = ["schedule", "timeZone"];
  if (zone === undefined) return [];
  if (!hasCron)
    return [{ code: "NOT_ALLOWED", path, at: "key", message: "has no effect without cron", next: "remove it" }];
  if (isZone(zone)) return [];
  const guess = nearest(zone, Intl.supportedValuesOf("timeZone"));
  return [
    {
      code: "NOT_ALLOWED",
      path,
      message: `: there is no time zone ${zone}`,
      expected: "an IANA name, such as Europe/Berlin or UTC",
      got: zone,
      next: guess === undefined ? "look the name up: https://en.wikipedia.org/wiki/Tz_database" : `write ${guess}`,
    },
  ];
}

/** The server knows IANA names, and no offsets such as +01:00. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
    // The server's names are exact; another name of the same zone is one.
    return known === zone || known.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
}

function tooShort(key: string, text: string | undefined, minMs: number): Problem[] {
  if (text === undefined || !isDuration(text) || durationMs(text) >= minMs) return [];
  const least = `${minMs / 1000}s`;
  return [
    {
      code: "OUT_OF_RANGE",
      path: ["schedule", key],
      message: `must be >= ${least}, got ${text}`,
      got: text,
      next: `set it to ${least} or more`,
    },
  ];
}
