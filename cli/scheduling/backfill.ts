import { InvalidArgumentError } from "commander";
import type { Client } from "@temporalio/client";
import { msToTs } from "@temporalio/common/lib/time.js";
import { PawlError } from "../../platform/errors.js";
import type { KnownSchedule } from "./schedules.js";

/** Maximum number of runs that the server keeps waiting for the one under way. */
const maxRuns = 1000;

/** A time with its date, as an option's value. Throws InvalidArgumentError. */
export function time(text: string): Date {
  const date = new Date(text);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError("It must be a time, such as 2026-11-28 or 2026-11-28T02:00:00Z.");
}

/**
 * Starts the runs that a schedule would have started in a past span, one after the other.
 * @returns their times
 * @throws PawlError NOT_ALLOWED if it would have started none, or too many, or if the span is not
 *   over
 */
export async function backfill(
  client: Client,
  { name, handle }: KnownSchedule,
  start: Date,
  end: Date,
): Promise<string[]> {
  const refused = (message: string, next: string): PawlError =>
    new PawlError("NOT_ALLOWED", message, { where: `${start.toISOString()} to ${end.toISOString()}`, next });
  if (start >= end) throw refused("--from must be before --to", "exchange them");
  if (end.getTime() > Date.now()) throw refused("--to lies in the future", "the schedule itself starts those runs");
  const { startTime: times } = await client.workflowService.listScheduleMatchingTimes({
    namespace: client.options.namespace,
    scheduleId: name,
    startTime: msToTs(start.getTime()),
    endTime: msToTs(end.getTime()),
  });
  if (times.length === 0) throw refused(`schedule ${name} has no time in this span`, "pawl schedule list");
  if (times.length > maxRuns)
    throw refused(`schedule ${name} has ${times.length} times in this span, of at most ${maxRuns}`, "shorten the span");
  await handle.backfill({ start, end, overlap: "BUFFER_ALL" });
  return times.map(({ seconds }) => new Date(Number(seconds) * 1000).toISOString());
}
