const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A whole number and a unit. */
export const durationPattern = "^[1-9][0-9]{0,7}(ms|s|m|h|d)$";

/** A hundred years: the server accepts no longer durations. */
export const maxDuration = "36500d";

/** Whether a text is a duration of any length. */
export const isDuration = (text: string): boolean => new RegExp(durationPattern).test(text);

/** A duration that fits `durationPattern` ("90s", "6h"), in milliseconds. */
export function durationMs(text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  if (amount === undefined || unit === undefined) throw new TypeError(`${text} is not a duration`);
  return Number(amount) * unitMs[unit as keyof typeof unitMs];
}
