import type { Measurement } from "../run/measurements.js";
import { shortNumber } from "../values.js";

/** A measurement as people read it: shares in percent. */
export function measurementText(measurement: Measurement): { value: string; interval?: string; unit?: string } {
  const { value, low, high, error, unit } = measurement;
  if (!Number.isFinite(value)) return { value: "not finite" };
  const isShare = unit === "share";
  const text = (part: number): string => (isShare ? (100 * part).toFixed(1) : shortNumber(part));
  const parts = { value: text(value), ...(isShare ? { unit: "%" } : unit && unit !== "1" && { unit }) };
  if (low !== undefined && high !== undefined) return { ...parts, interval: `${text(low)}–${text(high)}` };
  return error === undefined ? parts : { ...parts, interval: `± ${text(error)}` };
}

/** A measurement in one line: `75.9 % (72.1–79.7)`. */
export function measurementLine(measurement: Measurement): string {
  const { value, interval, unit } = measurementText(measurement);
  return [value, unit, interval === undefined ? undefined : `(${interval})`].filter(Boolean).join(" ");
}
