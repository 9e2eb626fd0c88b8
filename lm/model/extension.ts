import { PawlError } from "../../platform/errors.js";
import type { Architecture } from "./architecture.js";
import type { AttentionSettings } from "./attention/settings.js";
import { ntkTheta, type RopeScalingSettings } from "./rope.js";

/** How a model is extended to longer sequences. */
export interface Extension {
  /** The new longest sequence, tokens. */
  contextLength: number;
  /** none: RoPE continues beyond the learned angles. */
  ropeScaling: RopeScalingSettings["type"] | "none";
  /** Of all layers from now on; absent: unchanged. */
  attention?: AttentionSettings;
}

/**
 * The architecture of a model whose context grows. Factors are relative to the context before any
 * scaling, so that extending in stages gives the same result as extending in one step.
 * @throws PawlError OUT_OF_RANGE if the context shrinks; NOT_ALLOWED if RoPE is already scaled in
 *   another way
 */
export function extendedArchitecture(
  a: Architecture,
  { attention = a.attention, ...extension }: Extension,
): Architecture {
  return { ...stretched(a, extension), attention };
}

function stretched(a: Architecture, { contextLength, ropeScaling: type }: Omit<Extension, "attention">): Architecture {
  if (contextLength < a.contextLength) throw shrinks(a.contextLength, contextLength);
  if (contextLength === a.contextLength) return a;
  if (a.ropeScaling && a.ropeScaling.type !== type) throw otherScaling(a.ropeScaling.type, type);
  if (type === "none") return { ...a, contextLength };
  if (type === "ntk")
    return { ...a, contextLength, ropeTheta: ntkTheta(a.ropeTheta, a.headDim, contextLength / a.contextLength) };
  const originalContextLength = a.ropeScaling?.originalContextLength ?? a.contextLength;
  return {
    ...a,
    contextLength,
    ropeScaling: { type, factor: contextLength / originalContextLength, originalContextLength },
  };
}

function shrinks(now: number, requested: number): PawlError {
  return new PawlError("OUT_OF_RANGE", "the context would become shorter", {
    where: "with.steps",
    expected: `contexts of at least the model's own, ${now} tokens`,
    got: String(requested),
    next: "raise the first step's context",
  });
}

function otherScaling(now: string, requested: string): PawlError {
  return new PawlError("NOT_ALLOWED", "the model's RoPE is already scaled in another way", {
    where: "with.ropeScaling",
    expected: now,
    got: requested,
    next: `set ropeScaling: ${now}`,
  });
}
