/** What happens when a run is due while an earlier one of the same schedule is under way. */
export const overlapWords = ["skip", "queue", "cancel", "allow"] as const;

/** When a pipeline is started, as its definition says. Exactly one of cron and intervalMs. */
export interface SchedulePlan {
  /** Five fields: minute, hour, day of the month, month, day of the week. */
  cron?: string;
  intervalMs?: number;
  /** Of `cron`; an IANA name. */
  timeZone: string;
  overlap: (typeof overlapWords)[number];
  /** A run that could not be started in time is started up to this much later, ms. */
  catchUpMs: number;
}

/**
 * Whether a schedule of this name gives a run this id: the name, and the time at which the run was
 * due.
 */
export function isRunOfSchedule(name: string, runId: string): boolean {
  return runId.startsWith(`${name}-`) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(runId.slice(name.length + 1));
}
