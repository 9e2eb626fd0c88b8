import type { Cost } from "../../api/reading/rates.js";
import { amountText } from "../../report/expected-work.js";
import { ago } from "../../report/values.js";

/** A time as people say it: `2 min 10 s`, `3 h 5 min`. @param ms a time span */
export function spoken(ms: number): string {
  if (ms > 0 && ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_500) return `${Math.max(0, Math.round(ms / 1000))} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 || hours >= 24 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

export const agoText = (ms: number, nowMs: number): string => ago(new Date(ms), new Date(nowMs));

/** The local time with date, for a tooltip. */
export const absolute = (ms: number): string => new Date(ms).toLocaleString(undefined, { timeZoneName: "short" });

/** `0.02 EUR` */
export const costText = ({ amount, currency }: Cost): string => `${amountText(amount)} ${currency}`;

export const shortDigest = (digest: string): string => digest.slice(0, 12);

/** A number of bytes: `847 B`, `1.2 MB`. */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export const percent = (share: number): string => `${Math.floor(100 * share)} %`;

/** A number of things with its word: `1 run`, `1,200 runs`. */
export const counted = (count: number, word: string): string =>
  `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
