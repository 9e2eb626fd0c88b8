import { greatest, least } from "../../platform/extremes.js";
import { shortNumber } from "../values.js";
import type { Curve } from "./curves.js";
import type { Point } from "./downsample.js";

/** A curve in words: `4.11 at step 1,200; from 9.2 at step 1; least 4.08`. */
export function curveText({ points, count, notFinite, checkpoints, retries }: Curve): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return `${count} values, none of them finite`;
  const values = points.map(([, value]) => value);
  const at = ([step, value]: Point): string => `${shortNumber(value)} at step ${shortNumber(step)}`;
  const facts = [
    count === 1 ? at(last) : `from ${at(first)} to ${at(last)}`,
    ...(count > 2 ? [`between ${shortNumber(least(values))} and ${shortNumber(greatest(values))}`] : []),
    ...(checkpoints.length > 0 ? [`${checkpoints.length} checkpoint${checkpoints.length === 1 ? "" : "s"}`] : []),
    ...(retries.length > 0 ? [`resumed at step ${retries.map(shortNumber).join(", ")}`] : []),
    ...(notFinite > 0 ? [`${notFinite} values are not finite`] : []),
  ];
  return facts.join(", ");
}
