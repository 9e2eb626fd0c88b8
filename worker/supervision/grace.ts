/**
 * Grace period for stages when their supervisor is stopped: time to save a checkpoint and end, ms.
 */
export const graceMs = 60_000;
/** How long a supervisor then takes to report attempts that did not end by themselves, ms. */
export const reportMs = 5000;
/**
 * A supervisor ends within this time, ms: whoever stops it (`docker stop`, systemd,
 * `pawl up --stop`) must wait as long.
 */
export const stopsWithinMs = graceMs + reportMs + 5000;
/**
 * How long an embedded server may take to answer for the first time, ms: that of an overloaded
 * machine needs minutes.
 */
export const startsWithinMs = 180_000;
